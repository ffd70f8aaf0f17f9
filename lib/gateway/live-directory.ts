import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import type { Change } from '@/lib/events/follow-changes'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { createBearer } from '@/lib/gateway/bearer/bearer'
import type { Bearer } from '@/lib/gateway/bearer/bearer'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import { compileProduct } from '@/lib/gateway/compile-product'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { createLiveCache } from '@/lib/gateway/live-cache'
import type { Concern, LiveCache } from '@/lib/gateway/live-cache'
import type { LiveApplication, LiveData, LiveEndUser, LivePlan } from '@/lib/gateway/load-live'
import type { CounterSubject } from '@/lib/metering/counter-store'

/**
 * Everything live that a call needs, remembered: by host the compiled product, by credential the application, plans
 * and end users by id. Answers at once where it can; promotions, revocations and changes of plan are in force as soon
 * as `apply` has heard of them.
 */
export type LiveDirectory = {
  route(host: string, now: number): Route | null | Promise<Route | null>
  plan(id: number, now: number): LivePlan | null | Promise<LivePlan | null>
  endUser(product: CompiledProduct, externalId: string, now: number): LiveEndUser | null | Promise<LiveEndUser | null>
  /** Null where the product holds as many as it may. */
  registerEndUser(product: CompiledProduct, externalId: string, planId: number, usersMax: number, now: number): Promise<LiveEndUser | null>
  /** Keyed by a digest of the credential (`identify`). */
  identities: LiveCache<Identity>
  bearer: Bearer
  data: LiveData
  apply(changes: Change[]): void
  /** Hears of the same changes, after the directory itself; gives back what ends that. */
  follow(listener: (changes: Change[]) => void): () => void
}

export type Route = { tenantId: number; productId: number; product: CompiledProduct | null }

/** A recognised credential of one environment; `bearer` where it was a token. */
export type Identity = { application: LiveApplication; credentialId: number | null; expiresAt: number | null; bearer: BearerFacts | null; subject: Standing | null }

/** What product and plan make of an application, kept as long as both are the same objects: counters find their limits by it. `closed`: null where the plan closes no metric. */
export type Standing = { product: CompiledProduct; plan: LivePlan; closed: ReadonlySet<number> | null; subjects: readonly CounterSubject[] }

/** `policy`: for tests, where identity providers may be. */
export function createLiveDirectory(data: LiveData, clock: Clock, policy?: EgressPolicy): LiveDirectory {
  const routes = createLiveCache<Route>({ name: 'routes', max: 2_000, clock, of: ({ tenantId, productId: id }) => ({ tenantId, id }) })
  const plans = createLiveCache<LivePlan, number>({ name: 'plans', max: 20_000, clock, of: (plan) => plan })
  const identities = createLiveCache<Identity>({ name: 'identities', max: 150_000, clock, of: ({ application }) => application, renewal: { isFor: isOfKey, read: (held) => readAgain(data, held) } })
  const endUsers = createLiveCache<LiveEndUser>({ name: 'end users', max: 100_000, clock, of: (user) => user })
  const bearer = createBearer(data, clock, policy)
  const registrations = new Map<string, Promise<LiveEndUser | null>>()
  const fullUntil = new Map<number, number>()
  const listeners = new Set<(changes: Change[]) => void>()

  const readRoute = async (host: string): Promise<Route | null> => {
    const entry = await data.host(host)
    if (!entry) return null
    const live = await data.product(entry.productId, entry.environment)
    return { tenantId: entry.tenantId, productId: entry.productId, product: live && compileProduct(live, entry.environment) }
  }

  return {
    data,
    bearer,
    identities,
    route(host, now) {
      const known = routes.peek(host, now)
      return known === undefined ? routes.load(host, now, () => readRoute(host)) : known
    },
    plan(id, now) {
      const known = plans.peek(id, now)
      return known === undefined ? plans.load(id, now, () => data.plan(id)) : known
    },
    endUser({ productId }, externalId, now) {
      const key = `${productId}|${externalId}`
      const known = endUsers.peek(key, now)
      return known === undefined ? endUsers.load(key, now, () => data.endUser(productId, externalId)) : known
    },
    async registerEndUser(product, externalId, planId, usersMax, now) {
      if (now < (fullUntil.get(product.productId) ?? 0)) return null
      const key = `${product.productId}|${externalId}`
      const running = registrations.get(key)
      if (running) return running
      const registration = data
        .registerEndUser(product, externalId, planId, usersMax)
        .catch((cause: unknown) => {
          throw new AppError('unavailable', { cause, retryAfterSeconds: 1 })
        })
        .finally(() => registrations.delete(key))
      registrations.set(key, registration)
      const user = await registration
      if (user) endUsers.put(key, user)
      // Random ids must not make the database count again and again (USE-7).
      else fullUntil.set(product.productId, now + 5_000)
      return user
    },
    follow(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    apply(changes) {
      forgetConcerned(changes)
      for (const listener of listeners) listener(changes)
    },
  }

  function forgetConcerned(changes: Change[]): void {
    if (changes.some((change) => change.topic === 'everything')) {
      for (const cache of [routes, plans, identities, bearer.tokens, endUsers]) cache.clear()
      fullUntil.clear()
      return
    }
    const concerned = concernedBy(changes)
    if (concerned.routes) routes.forget(concerned.routes)
    if (concerned.plans) plans.forget(concerned.plans)
    if (concerned.applications) identities.forget(concerned.applications)
    if (concerned.grants) bearer.tokens.forget(concerned.grants)
    if (concerned.endUsers) {
      endUsers.forget(concerned.endUsers)
      fullUntil.clear()
    }
  }
}

/** Tokens end within minutes and are asked about where they come from. */
const isOfKey = ({ bearer, credentialId }: Identity) => bearer === null && credentialId !== null

async function readAgain(data: LiveData, held: Identity[]): Promise<(Identity | null)[]> {
  const found = await data.credentials(held.map(({ credentialId }) => credentialId!))
  const byId = new Map(found.map((credential) => [credential.credentialId, credential]))
  return held.map((identity) => {
    const credential = byId.get(identity.credentialId!)
    return credential ? { ...identity, application: credential.application, expiresAt: credential.expiresAt } : null
  })
}

/** What a batch of changes means for each cache. Null: nothing of its topics. */
function concernedBy(changes: Change[]): Record<'routes' | 'plans' | 'applications' | 'grants' | 'endUsers', Concern | null> {
  const concernOf = (topic: Change['topic'], ...wholeTenant: Change['topic'][]): Concern | null => {
    const tenants = new Set<number>()
    const ids = new Set<number>()
    for (const change of changes) {
      if (change.tenantId === null) continue
      // Without a subject the whole of the tenant's is meant, as when an account with many applications is suspended.
      if (wholeTenant.includes(change.topic) || (change.topic === topic && change.subjectId === null)) tenants.add(change.tenantId)
      else if (change.topic === topic) ids.add(change.subjectId!)
    }
    return tenants.size + ids.size === 0 ? null : { tenants, ids }
  }
  return {
    routes: concernOf('product', 'host', 'tenant'),
    plans: concernOf('plan', 'tenant'),
    applications: concernOf('application', 'tenant'),
    grants: concernOf('oauth_grant', 'tenant'),
    endUsers: concernOf('end_user', 'tenant'),
  }
}
