import { z } from 'zod'
import type { CallLimit } from '@/lib/calls/call-record'
import { unmasked } from '@/lib/calls/call-as-curl'
import { parseCurl } from '@/lib/calls/parse-curl'
import { findCallByRequestId, isRequestId } from '@/lib/calls/queries'
import { redactHead } from '@/lib/calls/redact'
import { env } from '@/lib/env'
import { invalid, notFound } from '@/lib/errors'
import type { Environment } from '@/lib/products/gateway-config'
import { findPolicyDefinition } from '@/lib/products/policies'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { normalHost } from '@/lib/zones/zone-of-host'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { GatewayParts } from '@/lib/gateway/decide'
import { explainCall } from '@/lib/gateway/explain-call'
import { limitOf } from '@/lib/gateway/observe-call'
import type { Identity } from '@/lib/gateway/live-directory'
import { refusals } from '@/lib/gateway/refusals'
import type { RefusalCode, Step } from '@/lib/gateway/refusals'
import { simulateCall } from '@/lib/gateway/simulate-call'
import type { SimulatedRequest, Simulation } from '@/lib/gateway/simulate-call'
import { withSimulationParts } from '@/lib/gateway/simulation-parts'

export const simulationInput = z.object({
  productId: idInput,
  /** A curl, or the request id of a kept call. */
  source: z.string().trim().min(1, 'Paste a curl, or the request id of a call.').max(64 * 1024, 'This is longer than a call can be.'),
  /** Without it: the one whose address the curl names, else staging. */
  environment: z.enum(['staging', 'production']).optional(),
})
export type SimulationInput = z.input<typeof simulationInput>

/** What the page shows. Nothing of it holds a key. */
export type SimulationResult = {
  environment: Environment
  method: string
  host: string
  target: string
  /** What a person should know about how this was read. */
  notes: string[]
  passes: boolean
  /** Null: the call passes. */
  refusal: { code: string; step: Step; title: string; detail: string; status: number; contentType: string; body: string; retryAfterSeconds: number | null } | null
  rules: Simulation['rules']
  usage: Simulation['usage']
  application: { id: number; name: string; state: string; isTest: boolean; account: { id: number; name: string; state: string } | null; plan: { id: number; name: string } | null } | null
  endUser: { id: number | null; isNew: boolean } | null
  /** Every window of the application's limits and, where one is named, the end user's; `adds` is what this call would add. */
  limits: (CallLimit & { adds: number })[]
  policies: { name: string; acts: string }[]
  /** Room left in each after this call. */
  bursts: { of: string; kind: string; limit: number; left: number }[]
  /** Scopes that open what the call counts; empty outside OAuth. */
  scopes: string[]
  /** Where it would go, credentials masked; where it is refused, where it would have gone. */
  upstream: string | null
}

/**
 * What would become of a pasted call or of a kept one, sent now to this product. Nothing is sent, counted or kept, but that a
 * token of the tenant's own provider is shown to that provider where tokens are asked about; keys typed here are
 * forgotten with the answer. Throws `invalid` by field, `not_found`, `unavailable`.
 */
export async function simulateRequest(ctx: Ctx, raw: SimulationInput, withParts: typeof withSimulationParts = withSimulationParts): Promise<SimulationResult> {
  const { productId, source, environment: wanted } = simulationInput.parse(raw)
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { id: true } })
  if (!product) throw notFound()
  const hosts = await ctx.db.host.findMany({ where: { productId, zone: 'gateway' }, orderBy: { id: 'asc' }, select: { name: true, environment: true } })
  return withParts(async (parts, live) => {
    const requestId = requestIdIn(source)
    const read = requestId !== null ? await readKept(ctx, parts, productId, requestId) : readCurl(source)
    const named = hosts.find((host) => host.name === normalHost(read.host))
    const environment = (wanted ?? named?.environment ?? 'staging') as Environment
    const host = named?.environment === environment ? named.name : hosts.find((each) => each.environment === environment)?.name
    if (!host) throw invalid({ environment: ['This product has no address in this environment.'] })
    const notes = [...read.notes]
    if (!named) notes.push(`${read.host} is no address of this product: read as a call to ${host}.`)
    else if (named.environment !== environment) notes.push(`Read as a call to ${host}.`)
    if (!live) notes.push('This server serves no gateway calls: counters are as they were last booked, a few seconds behind.')
    const request: SimulatedRequest = { ...read.request, host, scheme: env().PUBLIC_SCHEME, clientAddress: ctx.audit.address ?? '127.0.0.1' }
    const simulation = await simulateCall(parts, request)
    const { bearer } = simulation.identity ?? {}
    if (bearer && !request.opensAll && simulation.product?.bearer?.scopes.length) notes.push(bearer.scopes.length === 0 ? 'The token holds no scope.' : `The token holds: ${bearer.scopes.join(', ')}.`)
    return toResult(ctx, simulation, request, environment, notes)
  })
}

type Read = { request: Omit<SimulatedRequest, 'host' | 'scheme' | 'clientAddress'>; host: string; notes: string[] }

/**
 * The request id in what was copied: the id itself, the header or the JSON that named it, or the address of a
 * problem's `instance`. Null: something else.
 */
export function requestIdIn(source: string): string | null {
  const named = /^"?(?:x-request-id|request[-_ ]id)"?\s*[:=]\s*"?([\w-]+)"?,?$/i.exec(source) ?? /^https?:\/\/[^\s/]+\/calls\/([\w-]+)$/i.exec(source) ?? /^\{[^]*"request_id"\s*:\s*"([\w-]+)"/.exec(source)
  const id = named ? named[1]! : source.replace(/^"(.*)"$/, '$1')
  return isRequestId(id) ? id : null
}

function readCurl(source: string): Read {
  const { host, bodyUnknown, variables, ...request } = parseCurl(source)
  const headers = [['Host', host], ...request.headers] as [string, string][]
  const notes = bodyUnknown ? ['A body from a file or of several parts is not read: rules that look into forms see none.'] : []
  if (variables.length > 0) notes.push(`What ${variables.join(', ')} ${variables.length === 1 ? 'stands' : 'stand'} for is known to your shell only: read as written. Paste the value in its place.`)
  return { request: { ...request, headers }, host, notes }
}

/** A kept call has no keys any more: it is read as a call of the same application. */
async function readKept(ctx: Ctx, parts: GatewayParts, productId: bigint, requestId: string): Promise<Read> {
  const call = await findCallByRequestId(ctx, requestId, productId)
  if (!call) throw invalid({ source: ['No call of this product with this id is kept. Refusals and failures are kept for seven days, of the rest a sample.'] })
  const { head, host } = call.detail
  const { bearer } = call.detail
  const grant = bearer && bearer.grantId !== 0 ? await ctx.db.oauthGrant.findFirst({ where: { id: BigInt(bearer.grantId), productId }, select: { scopes: true, revokedAt: true } }) : null
  const hasEnded = bearer !== undefined && bearer.grantId !== 0 && (!grant || grant.revokedAt !== null)
  // Since then its user may have taken back some of them.
  const scopes = bearer && (grant ? bearer.scopes.filter((scope) => grant.scopes.includes(scope)) : bearer.scopes)
  const known = call.application && !hasEnded
  const as = known ? await identityOf(ctx, parts, productId, BigInt(call.application!.id), bearer && { grantId: bearer.grantId, scopes: scopes!, endUserId: bearer.endUserId }) : null
  const headers = head.map(([name, value]): [string, string] => [name, name.toLowerCase() === 'authorization' ? filledIn(value) : unmasked(value, PLACEHOLDER)])
  const notes = [`Keys and bodies of calls are not kept. This one is simulated ${known ? `as a call of ${call.application!.name}` : 'without an application, because none was recognised'}, and without its body.`]
  if (hasEnded) notes.push('The grant behind the token of this call has ended since.')
  if (known && !bearer && as && (await isOauth(ctx, productId))) notes.push('The scopes of its token were not kept: read as one that opens everything.')
  return { request: { method: call.method, target: unmasked(call.target, PLACEHOLDER), headers, body: null, as, opensAll: bearer === undefined }, host, notes }
}

const PLACEHOLDER = 'not-kept'
/** Readable as what it was, so that the step after it is reached. */
const filledIn = (value: string) => (/^basic /i.test(value) ? `Basic ${Buffer.from(`${PLACEHOLDER}:${PLACEHOLDER}`).toString('base64')}` : unmasked(value, PLACEHOLDER))

async function isOauth(ctx: Ctx, productId: bigint): Promise<boolean> {
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { authenticationMode: true } })
  return product !== null && product.authenticationMode !== 'user_key' && product.authenticationMode !== 'app_id_app_key'
}

type KeptToken = { grantId: number; scopes: readonly string[]; endUserId: string | null }

async function identityOf(ctx: Ctx, parts: GatewayParts, productId: bigint, applicationId: bigint, token: KeptToken = { grantId: 0, scopes: [], endUserId: null }): Promise<Identity | null> {
  const row = await ctx.db.application.findUnique({ where: { id: applicationId }, select: { appId: true } })
  const found = row && (await parts.directory.data.application(Number(productId), row.appId))
  if (!found) return null
  const bearer = { tenantId: Number(ctx.tenant.id), id: token.grantId, appId: row.appId, endUserId: token.endUserId, scopes: token.scopes, validUntil: null, opened: null }
  return { application: found.application, credentialId: null, expiresAt: null, bearer, subject: null }
}

async function toResult(ctx: Ctx, simulation: Simulation, request: SimulatedRequest, environment: Environment, notes: string[]): Promise<SimulationResult> {
  const { decision, product, rules, usage, identity, states, answer, newEndUser, endUserId } = simulation
  const { refusal, forward } = decision
  const names = product?.credentials ?? { userKeyName: '', appKeyName: '' }
  const mask = (target: string) => redactHead(names, target, []).target
  const { target } = redactHead(names, request.target, request.headers.flat())
  const application = identity && (await ctx.db.application.findUnique({ where: { id: BigInt(identity.application.id) }, include: { account: true, plan: true } }))
  const adds = new Map(usage.map(({ metricId, value }) => [metricId, value]))
  const settings = product && typeof product.upstream === 'object' ? product.upstream : null
  const limits = product ? states.map((state) => ({ ...limitOf(state, product, refusal?.exceeded ?? null), adds: adds.get(state.metricId) ?? 0 })) : []
  return {
    environment,
    method: request.method,
    host: request.host,
    target,
    notes,
    passes: forward !== null,
    refusal: refusal && answer && { code: refusal.code, step: refusals[refusal.code].step, ...wordsOf(refusal.code, answer.status, limits, simulation), ...partsOf(answer.headers), status: answer.status, body: answer.body },
    rules,
    usage,
    application: application && {
      id: Number(application.id),
      name: application.name,
      state: application.state,
      isTest: application.kind === 'test',
      account: application.account && { id: Number(application.account.id), name: application.account.orgName, state: application.account.state },
      plan: application.plan && { id: Number(application.plan.id), name: application.plan.name },
    },
    endUser: newEndUser || endUserId !== null ? { id: endUserId, isNew: newEndUser } : null,
    limits,
    policies: product ? policiesOf(product) : [],
    bursts: simulation.bursts.map(({ subject, kind, limit, left }) => ({ of: subject === 'product' ? 'product' : subject.startsWith('user:') ? 'end_user' : 'application', kind, limit, left })),
    scopes: product ? scopesFor(product, simulation) : [],
    upstream: forward ? mask(forward.upstream.origin + forward.path) : settings && settings.origin + settings.basePath,
  }
}

/** As the page of a kept call would say it to the tenant. */
function wordsOf(refusal: RefusalCode, status: number, limits: CallLimit[], { usage, product }: Simulation): { title: string; detail: string } {
  const counted = usage.map(({ metricId, name, value }) => ({ metric: product?.metricLabels.get(metricId) ?? name, value }))
  const { title, sentences, remedy } = explainCall({ status, refusal, durationMs: 0, detail: { rules: [], usage: counted, limits, upstreamMs: null } }, 'tenant')
  return { title, detail: [...sentences, ...(remedy === null ? [] : [remedy])].join(' ') }
}

function partsOf(headers: readonly string[]): { contentType: string; retryAfterSeconds: number | null } {
  const valueOf = (name: string) => headers[headers.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name) + 1]
  const retryAfter = headers.includes('Retry-After') ? Number(valueOf('retry-after')) : null
  return { contentType: valueOf('content-type') ?? '', retryAfterSeconds: retryAfter }
}

/** Those with something to do, in the order of the chain. */
function policiesOf({ config }: CompiledProduct): SimulationResult['policies'] {
  return config.policies.flatMap(({ name, enabled }) => {
    const known = findPolicyDefinition(name)
    return enabled && known?.kind === 'active' ? [{ name: known.title, acts: known.sentence }] : []
  })
}

function scopesFor({ config }: CompiledProduct, { usage }: Simulation): string[] {
  if (config.authentication.mode === 'user_key' || config.authentication.mode === 'app_id_app_key') return []
  const counted = new Set(usage.map(({ metricId }) => metricId))
  return config.oauth.scopes.filter(({ methods }) => methods === 'all' || methods.some((id) => counted.has(id))).map(({ name }) => name)
}
