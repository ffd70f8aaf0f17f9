import { randomBase62 } from '@/lib/ids'
import { createTenant } from '@/lib/onboarding/sign-up-tenant'
import { hashPassword, verifyPassword } from '@/lib/passwords/hash-password'
import { accessTokenScopes, createAccessTokenFor, findAccessToken } from '@/lib/tenants/access-tokens'
import type { Ctx } from '@/lib/tenants/context'
import { findTenantIdByProviderKey, revealProviderKey } from '@/lib/tenants/provider-key'
import { findTenantBySlug } from '@/lib/tenants/queries'
import { systemContext } from '@/lib/tenants/system-context'
import type { Demo } from '@/scripts/demo/demo-file'
import { portalDeveloper } from '@/scripts/demo/load-partners'

const SLUG = 'acme'
const EMAIL = 'alex@acme.example'

/** What only demo.json knows, checked against the database and made anew where it no longer opens anything. */
export type Secrets = { email: string; password: string; accessToken: string; providerKey: string }

/** The tenant of the demo; made at the first start. */
export async function openTenant(previous: Partial<Demo> | null, now: Date): Promise<{ ctx: Ctx; secrets: Secrets }> {
  const tenant = await findTenantBySlug(SLUG)
  if (tenant) {
    const ctx = systemContext(tenant, now, { name: 'Demo' })
    return { ctx, secrets: await keepSecrets(ctx, previous) }
  }
  const password = newPassword()
  const { ctx, accessToken, providerKey } = await createTenant({ slug: SLUG, organisation: 'Acme', name: 'Alex Martin', email: EMAIL, password }, now)
  return { ctx: systemContext(ctx.tenant, now, { name: 'Demo' }), secrets: { email: EMAIL, password, accessToken, providerKey } }
}

async function keepSecrets(ctx: Ctx, previous: Partial<Demo> | null): Promise<Secrets> {
  const { email, password, access_token: token } = previous?.admin ?? {}
  const members = await ctx.db.member.findMany({ where: { state: 'active', role: 'admin' }, orderBy: { id: 'asc' } })
  const member = members.find((each) => each.email === (email ?? EMAIL)) ?? members[0]
  if (!member) throw new Error('The tenant acme has no active admin any more. Start with a fresh DATA_DIR to see the demo again.')
  const kept = password && (await verifyPassword(member.passwordHash, password)) ? password : null
  const chosen = kept ?? newPassword()
  if (!kept) await ctx.db.member.update({ where: { id: member.id }, data: { passwordHash: await hashPassword(chosen) } })
  const known = token ? await findAccessToken(ctx, token) : null
  const accessToken = known ? token! : (await createAccessTokenFor(ctx, member.id, { name: 'Demo', permission: 'rw', scopes: [...accessTokenScopes] })).token
  const key = previous?.accounting?.provider_key
  const providerKey = key && (await findTenantIdByProviderKey(key)) === ctx.tenant.id ? key : await revealProviderKey(ctx)
  return { email: member.email, password: chosen, accessToken, providerKey }
}

/** A developer who can sign in to the portal; null where the partners were deleted. */
export async function openDeveloper(ctx: Ctx, previous: Partial<Demo> | null): Promise<{ email: string; password: string } | null> {
  const { email, password } = previous?.portal ?? {}
  const developers = await ctx.db.developer.findMany({ where: { state: 'active' }, orderBy: { id: 'asc' }, take: 100 })
  const developer = developers.find((each) => each.email === (email ?? portalDeveloper)) ?? developers[0]
  if (!developer) return null
  if (password && (await verifyPassword(developer.passwordHash, password))) return { email: developer.email, password }
  const chosen = newPassword()
  await ctx.db.developer.update({ where: { id: developer.id }, data: { passwordHash: await hashPassword(chosen) } })
  return { email: developer.email, password: chosen }
}

export function newPassword(): string {
  return randomBase62(16)
}
