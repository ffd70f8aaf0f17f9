import { makeTenant } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { newRequestId } from '@/lib/ids'
import { managementTable } from '@/lib/management/routes/index'
import { serveManagement } from '@/lib/management/serve-management'
import { createAccessTokenFor, type AccessTokenInput } from '@/lib/tenants/access-tokens'
import type { Ctx } from '@/lib/tenants/context'
import { contextOf, makeMember } from '@/lib/tenants/member.fixture'

export type Asked = {
  /** Sent as JSON, or as a form where it is URLSearchParams or FormData. */
  body?: Record<string, unknown> | URLSearchParams | FormData
  /** Another token than the world's own; null: none. */
  token?: string | null
  headers?: Record<string, string>
}

/** Whatever an answer holds; tests look into it. */
export type Json = ReturnType<typeof JSON.parse>

/** `json` is null where the body is none. */
export type Answered = { status: number; headers: Headers; text: string; json: Json }

/** For tests: a tenant with an admin and a token of all scopes, and a way to call the management API with it. */
export async function makeManagement(tenantCtx?: Ctx, wanted: Partial<AccessTokenInput> = {}) {
  const base = tenantCtx ?? (await makeTenant())
  const member = await makeMember(base)
  const ctx = contextOf(base, member)
  const { id: tokenId, token } = await createAccessTokenFor(ctx, member.id, { name: 'Test', permission: 'rw', scopes: ['account_management', 'cms', 'finance', 'stats', 'policy_registry'], ...wanted })
  const call = (method: string, path: string, asked: Asked = {}) => callManagement(base.tenant.slug, method, path, { token, ...asked })
  return { ctx, member, token, tokenId, call }
}

export type Management = Awaited<ReturnType<typeof makeManagement>>

/** One request as the app's route hands it on; `path` with suffix and query: `/admin/api/accounts.json?page=2`. */
export async function callManagement(slug: string, method: string, path: string, { body, token, headers = {} }: Asked = {}): Promise<Answered> {
  const hostName = `${slug}.${env().ADMIN_DOMAIN}`
  const isForm = body instanceof URLSearchParams || body instanceof FormData
  const request = new Request(`http://${hostName}${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && !isForm && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  })
  const response = await serveManagement(request, { hostName, origin: `http://${hostName}:3000`, path, address: '203.0.113.9', requestId: newRequestId() }, managementTable)
  const text = await response.text()
  let json: unknown = null
  if (response.headers.get('content-type')?.startsWith('application/json') && text !== '') json = JSON.parse(text)
  return { status: response.status, headers: response.headers, text, json }
}
