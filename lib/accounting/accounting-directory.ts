import { hash, randomBytes } from 'node:crypto'
import { userKeyHash } from '@/lib/applications/credential-hash'
import type { Clock } from '@/lib/clock'
import { lookupHash } from '@/lib/crypto'
import type { Change } from '@/lib/events/follow-changes'
import { compileProduct } from '@/lib/gateway/compile-product'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { createLiveCache } from '@/lib/gateway/live-cache'
import type { Concern, LiveCache } from '@/lib/gateway/live-cache'
import type { LiveData, LivePlan } from '@/lib/gateway/load-live'
import { hasValidChecksum } from '@/lib/ids'
import type { CounterSubject } from '@/lib/metering/counter-store'
import type { Lineage } from '@/lib/metering/roll-up-usage'
import { tenantDb } from '@/lib/db/tenant-db'
import { oauthHash } from '@/lib/oauth/token-hash'
import { findAccessToken } from '@/lib/oauth/tokens'
import type { KnownToken } from '@/lib/oauth/tokens'
import type { AccountingData, ApplicationRow, Provider } from '@/lib/accounting/load-data'

/** What calls of the accounting API ask about, remembered as the gateway remembers: at once where it can, never older than its last change. */
export type AccountingDirectory = {
  service(productId: number, now: number): Maybe<Service>
  provider(key: string, now: number): Maybe<Provider>
  application(productId: number, by: { appId: string } | { userKey: string } | { id: number }, now: number): Maybe<KnownApplication>
  /** A living access token of the service's; whether its time is up is for the asker to see. */
  accessToken(service: Service, token: string, now: number): Maybe<KnownToken>
  /** After a write of our own: what was remembered as absent, and this token. */
  forgetTokens(token?: string, service?: Service): void
  apply(changes: Change[]): void
}

type Maybe<Value> = Value | null | Promise<Value | null>

/** A product as the accounting API sees it: live settings, booked on production's counters. */
export type Service = {
  tenantId: number
  productId: number
  serviceTokenHash: string | null
  product: CompiledProduct
  /** 3scale's `backend_version`: user keys, app_id with app_key, or OAuth of any kind. */
  version: '1' | '2' | 'oauth'
  metrics: ReadonlyMap<string, number>
  metricNames: ReadonlyMap<number, string>
  lineage: Lineage
  /** Metric id to the names of its children. */
  children: ReadonlyMap<number, readonly string[]>
}

/** `subject` is kept as long as its plan is the same object: counters index limits by it. */
export type KnownApplication = ApplicationRow & { subject: { plan: LivePlan; counters: CounterSubject } | null }

/** Longer ids and keys are nobody's; nothing longer is worth hashing. */
const LENGTH_MAX = 256

export function createAccountingDirectory({ data, live, clock }: { data: AccountingData; live: Pick<LiveData, 'product'>; clock: Clock }): AccountingDirectory {
  const services = createLiveCache<Service>({ name: 'services', max: 2_000, clock, of: ({ tenantId, productId: id }) => ({ tenantId, id }) })
  const providers = createLiveCache<Provider>({ name: 'provider keys', max: 2_000, clock, of: ({ tenantId }) => ({ tenantId, id: tenantId }) })
  const applications = createLiveCache<KnownApplication>({ name: 'applications of services', max: 100_000, clock, of: (application) => application })

  const tokens = createLiveCache<KnownToken & { tenantId: number }>({ name: 'access tokens of services', max: 20_000, clock, of: ({ tenantId, grantId: id }) => ({ tenantId, id }) })

  const remembered = <Value extends object>(cache: LiveCache<Value>, key: string, now: number, read: () => Promise<Value | null>): Maybe<Value> => {
    const known = cache.peek(key, now)
    return known === undefined ? cache.load(key, now, read) : known
  }

  return {
    service: (productId, now) => remembered(services, String(productId), now, () => readService(data, live, productId)),
    provider(key, now) {
      // KEY-1: a mistyped key of ours is refused without a look-up.
      if (key.length > LENGTH_MAX || !hasValidChecksum(key)) return null
      const hashed = lookupHash(key)
      return remembered(providers, hashed, now, () => data.provider(hashed))
    },
    application(productId, by, now) {
      const read = async (): Promise<KnownApplication | null> => {
        const row = await data.application(productId, 'userKey' in by ? { userKeyHash: userKeyHash(productId, by.userKey) } : by)
        return row && { ...row, subject: null }
      }
      if ('id' in by) return remembered(applications, `${productId}|id|${by.id}`, now, read)
      const text = 'appId' in by ? by.appId : by.userKey
      // Postgres knows no NUL in a text: nobody has such an id.
      if (text.length > LENGTH_MAX || text.includes('\0') || ('userKey' in by && !hasValidChecksum(text))) return null
      const key = 'appId' in by ? `${productId}|app|${text}` : hash('sha256', `${SALT}|${productId}|${text}`, 'base64url')
      return remembered(applications, key, now, read)
    },
    accessToken({ tenantId, productId, product: { environment } }, token, now) {
      if (token.length > 4096) return null
      return remembered(tokens, oauthHash('access', productId, environment, token), now, async () => {
        const place = { tenantId: BigInt(tenantId), productId: BigInt(productId), environment }
        const found = await findAccessToken(tenantDb(place.tenantId), place, token, new Date(now))
        return found && { ...found, tenantId }
      })
    },
    forgetTokens(token, service) {
      const known = token && service ? tokens.peek(oauthHash('access', service.productId, service.product.environment, token), clock.now()) : null
      tokens.forget({ tenants: new Set(), ids: new Set(known ? [known.grantId] : []) })
    },
    apply(changes) {
      if (changes.some(({ topic }) => topic === 'everything')) {
        for (const cache of [services, providers, applications, tokens]) cache.clear()
        return
      }
      const ofProducts = concernOf(changes, 'product')
      if (ofProducts) services.forget(ofProducts)
      const ofApplications = concernOf(changes, 'application')
      if (ofApplications) applications.forget(ofApplications)
      const ofGrants = concernOf(changes, 'oauth_grant')
      if (ofGrants) tokens.forget(ofGrants)
      // The default product may be another one, the key a new one.
      const tenants = new Set(changes.flatMap(({ tenantId, topic }) => (tenantId !== null && (topic === 'tenant' || topic === 'product') ? [tenantId] : [])))
      if (tenants.size > 0) providers.forget({ tenants, ids: new Set() })
    },
  }
}

function concernOf(changes: Change[], topic: Change['topic']): Concern | null {
  const tenants = new Set<number>()
  const ids = new Set<number>()
  for (const change of changes) {
    if (change.tenantId === null) continue
    if (change.topic === 'tenant' || (change.topic === topic && change.subjectId === null)) tenants.add(change.tenantId)
    else if (change.topic === topic) ids.add(change.subjectId!)
  }
  return tenants.size + ids.size === 0 ? null : { tenants, ids }
}

async function readService(data: AccountingData, live: Pick<LiveData, 'product'>, productId: number): Promise<Service | null> {
  // What staging serves are the rows as they are: the live config.
  const [row, settings] = await Promise.all([data.service(productId), live.product(productId, 'staging')])
  if (!row || !settings) return null
  const parents = new Map(row.metrics.map(({ id, parentId }) => [id, parentId]))
  const lineage = new Map<number, number[]>()
  const children = new Map<number, string[]>()
  // A retired metric counts as long as somebody sends it; where a live one has its name, that one is meant.
  const byName = new Map(row.metrics.toSorted((one, other) => Number(other.retired) - Number(one.retired)).map(({ systemName, id }) => [systemName, id]))
  for (const { id, parentId, systemName, retired } of row.metrics) {
    const line = [id]
    for (let parent = parentId; parent != null && !line.includes(parent); parent = parents.get(parent) ?? null) line.push(parent)
    lineage.set(id, line)
    if (parentId !== null && !retired) children.set(parentId, [...(children.get(parentId) ?? []), systemName])
  }
  const { mode } = settings.config.authentication
  return {
    tenantId: row.tenantId,
    productId,
    serviceTokenHash: row.serviceTokenHash,
    product: compileProduct(settings, 'production'),
    version: mode === 'user_key' ? '1' : mode === 'app_id_app_key' ? '2' : 'oauth',
    metrics: byName,
    metricNames: new Map(row.metrics.map(({ id, systemName }) => [id, systemName])),
    lineage,
    children,
  }
}

/** The same service on staging's counters and tokens: one object as long as the service is, so that what is remembered by it stays. */
export function stagingOf(service: Service): Service {
  let staging = stagings.get(service)
  if (!staging) stagings.set(service, (staging = { ...service, product: { ...service.product, environment: 'staging' } }))
  return staging
}

const stagings = new WeakMap<Service, Service>()

/** Keys of callers lie in memory as salted digests only. */
const SALT = randomBytes(32).toString('base64url')
