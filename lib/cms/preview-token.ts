import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { deriveKey, sameSecret } from '@/lib/crypto'
import type { Ctx } from '@/lib/tenants/context'

const previewMinutes = 10

/** As whom a draft is looked at: a visitor, or one of the tenant's developers. */
export type Preview = { memberId: bigint | null; developerId: bigint | null; expiresAt: Date }

const payload = z.object({ t: z.number(), m: z.number().nullable(), d: z.number().nullable(), e: z.number() })

/**
 * CSP-2: for `?preview=` on the portal host. Good for ten minutes and one tenant, for looking only: it makes no session
 * anywhere and no write accepts it.
 */
export function makePreviewToken(ctx: Pick<Ctx, 'tenant' | 'actor' | 'now'>, { developerId = null }: { developerId?: bigint | null } = {}): string {
  const facts = {
    t: Number(ctx.tenant.id),
    m: ctx.actor.kind === 'member' ? Number(ctx.actor.id) : null,
    d: developerId === null ? null : Number(developerId),
    e: ctx.now.getTime() + previewMinutes * 60_000,
  } satisfies z.input<typeof payload>
  const body = Buffer.from(JSON.stringify(facts)).toString('base64url')
  return `${body}.${sign(ctx.tenant.id, body)}`
}

/** Null for a token of another tenant, a late one, and everything that is none. */
export function readPreviewToken(tenantId: bigint, token: string, now: Date): Preview | null {
  if (token.length > 500) return null
  const [body, signature, ...rest] = token.split('.')
  if (!body || !signature || rest.length > 0 || !sameSecret(signature, sign(tenantId, body))) return null
  const facts = payload.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')))
  if (BigInt(facts.t) !== tenantId || facts.e <= now.getTime()) return null
  return { memberId: facts.m === null ? null : BigInt(facts.m), developerId: facts.d === null ? null : BigInt(facts.d), expiresAt: new Date(facts.e) }
}

// A key of the purpose and of the tenant: a token of another tenant or for another use is no token.
function sign(tenantId: bigint, body: string): string {
  return createHmac('sha256', deriveKey(`preview.${tenantId}`)).update(body).digest('base64url')
}
