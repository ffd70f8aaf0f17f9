import { AccountingError, applicationNotFound, shorten } from '@/lib/accounting/accounting-error'
import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import { enterService } from '@/lib/accounting/enter-service'
import type { Params } from '@/lib/accounting/parse-params'
import { rawTextOf, textOf } from '@/lib/accounting/read-values'
import { element, textElement, XML_DECLARATION } from '@/lib/accounting/write-xml'
import { tenantDb } from '@/lib/db/tenant-db'
import { deleteAccessToken, findAccessToken, findAccessTokenById, listAccessTokens, storeAccessToken } from '@/lib/oauth/tokens'
import type { KnownToken, TokenPlace } from '@/lib/oauth/tokens'

/** Access tokens that a gateway of somebody else's made, kept for it (reference gateway 4.10). Each answer in XML and JSON. */
export type TokenAnswer = { xml: string; json: unknown }

const TOKEN_BYTES_MAX = 3584
const TTL_SECONDS = 86_400
/** Three hundred years. */
const TTL_SECONDS_MAX = 9_467_280_000

/** Throws `access_token_invalid` for a token that is expired, revoked, or was never this service's. */
export async function resolveAccessToken(parts: AccountingParts, service: Service, token: string, at: number): Promise<Pick<KnownToken, 'appId' | 'endUserId' | 'scopes' | 'grantId'>> {
  const known = parts.directory.accessToken(service, token, at)
  const found = known instanceof Promise ? await known : known
  if (!found || (found.expiresAt !== null && found.expiresAt.getTime() <= at)) throw tokenInvalid(token)
  return found
}

/** POST: keeps a token, bound to an application and, where one is named, an end user. */
export async function createToken(parts: AccountingParts, call: AccountingCall, params: Params): Promise<TokenAnswer> {
  const service = await enter(parts, call, params)
  const appId = textOf(params, 'app_id')
  const token = rawTextOf(params, 'token')
  if (appId === null || token === null) throw new AccountingError('required_params_missing', 'missing required parameters')
  if (token.trim() === '' || Buffer.byteLength(token) > TOKEN_BYTES_MAX) throw new AccountingError('access_token_format_invalid', 'token is either too big or has an invalid format')
  const ttlSeconds = readTtl(params)
  const application = await findApplication(parts, service, appId, call.at)
  const endUserId = textOf(params, 'user_id')
  if (endUserId !== null && (endUserId.length > 255 || endUserId.includes('\0'))) throw new AccountingError('access_token_storage_error', `storage error when saving token "${token}"`, { kept: `storage error when saving token "${shorten(token)}"` })
  const stored = await storeAccessToken(dbOf(service), placeOf(service), { applicationId: BigInt(application.id), token, endUserId, ttlSeconds }, new Date(call.at))
  if (!stored) throw new AccountingError('access_token_already_exists', `token "${token}" already exists`, { kept: `token "${shorten(token)}" already exists` })
  parts.directory.forgetTokens()
  return { xml: '', json: {} }
}

/** GET of one token: its application, and as a second root its end user, as it has always been. */
export async function showToken(parts: AccountingParts, call: AccountingCall, params: Params, token: string): Promise<TokenAnswer> {
  const service = await enter(parts, call, params)
  const found = await findStored(service, token, call.at)
  if (!found) throw tokenInvalid(token)
  const { appId, endUserId } = found
  const user = endUserId === null ? '' : element('user', textElement('user_id', endUserId))
  return { xml: XML_DECLARATION + element('application', textElement('app_id', appId)) + user, json: { application: { app_id: appId }, ...(endUserId !== null && { user: { user_id: endUserId } }) } }
}

export async function removeToken(parts: AccountingParts, call: AccountingCall, params: Params, token: string): Promise<TokenAnswer> {
  const service = await enter(parts, call, params)
  const [now, id] = [new Date(call.at), listedIdOf(token)]
  if (await deleteAccessToken(dbOf(service), placeOf(service), token, now)) parts.directory.forgetTokens(token, service)
  // By its number nobody knows which of those we remember it is; the change that was recorded says so to all.
  else if (id === null || !(await deleteAccessToken(dbOf(service), placeOf(service), { id }, now))) throw tokenInvalid(token)
  return { xml: '', json: {} }
}

/** By its text or, where a list named it, by `id:` and its number. A text that looks like one is a text first. */
async function findStored(service: Service, token: string, at: number): Promise<KnownToken | null> {
  const [db, place, now, id] = [dbOf(service), placeOf(service), new Date(at), listedIdOf(token)]
  return (await findAccessToken(db, place, token, now)) ?? (id === null ? null : findAccessTokenById(db, place, id, now))
}

const listedIdOf = (token: string): number | null => (/^id:\d{1,15}$/.test(token) ? Number(token.slice(3)) : null)

/**
 * Tokens of an application. We keep hashes only: each is named by `id:` and a number instead of its text. In JSON a person
 * also reads whose they are.
 */
export async function listTokens(parts: AccountingParts, call: AccountingCall, params: Params, appId: string): Promise<TokenAnswer> {
  const service = await enter(parts, call, params)
  const application = await findApplication(parts, service, appId, call.at)
  const tokens = await listAccessTokens(dbOf(service), placeOf(service), BigInt(application.id), textOf(params, 'user_id'), new Date(call.at))
  const ttlOf = ({ expiresAt }: KnownToken) => (expiresAt === null ? -1 : Math.max(0, Math.ceil((expiresAt.getTime() - call.at) / 1000)))
  const inner = tokens.map((token) => textElement('oauth_access_token', `id:${token.tokenId}`, { ttl: ttlOf(token), ...(token.endUserId !== null && { user_id: token.endUserId }) })).join('')
  return {
    xml: XML_DECLARATION + element('oauth_access_tokens', inner),
    json: { ...(await readOwner(service, application)), oauth_access_tokens: tokens.map((token) => ({ id: token.tokenId, ttl: ttlOf(token), ...(token.endUserId !== null && { user_id: token.endUserId }) })) },
  }
}

async function readOwner(service: Service, { id }: KnownApplication): Promise<Record<string, unknown>> {
  const row = await dbOf(service).application.findUnique({ where: { id: BigInt(id) }, select: { appId: true, name: true, plan: { select: { name: true } } } })
  return row ? { application: { app_id: row.appId, name: row.name }, plan: row.plan?.name ?? null } : {}
}

async function enter(parts: AccountingParts, call: AccountingCall, params: Params): Promise<Service> {
  const entry = await enterService(parts, call, params)
  if (entry instanceof AccountingError) throw entry
  return entry
}

async function findApplication({ directory }: AccountingParts, { productId }: Service, appId: string, at: number): Promise<KnownApplication> {
  const known = directory.application(productId, { appId }, at)
  const application = known instanceof Promise ? await known : known
  if (!application) throw applicationNotFound(appId)
  return application
}

/** Null: for ever. */
function readTtl(params: Params): number | null {
  if (!params.has('ttl')) return TTL_SECONDS
  const text = rawTextOf(params, 'ttl')?.trim() ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new AccountingError('access_token_invalid_ttl', 'the specified TTL should be a positive integer')
  return Number(text) === 0 ? null : Math.min(Number(text), TTL_SECONDS_MAX)
}

const tokenInvalid = (token: string) =>
  new AccountingError('access_token_invalid', `token "${token}" is invalid: expired or never defined`, { kept: `token "${shorten(token)}" is invalid: expired or never defined` })

const dbOf = ({ tenantId }: Service) => tenantDb(BigInt(tenantId))

const placeOf = ({ tenantId, productId, product }: Service): TokenPlace => ({ tenantId: BigInt(tenantId), productId: BigInt(productId), environment: product.environment })
