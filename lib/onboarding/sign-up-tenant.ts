import { systemDb } from '@/lib/db/system-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { lookupHash, encryptSecret } from '@/lib/crypto'
import { env } from '@/lib/env'
import { invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { newKey } from '@/lib/ids'
import { logger } from '@/lib/logger'
import { furnishTenant } from '@/lib/onboarding/furnish-tenant'
import { signUpInput, type SignUpInput } from '@/lib/onboarding/schema'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'
import { accessTokenScopes, createAccessTokenFor, insertAccessToken } from '@/lib/tenants/access-tokens'
import { checkSlug } from '@/lib/tenants/check-slug'
import type { Ctx, TenantFacts } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'
import { systemContext } from '@/lib/tenants/system-context'
import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/** `name`: who does it, for the audit log; nobody but the system unless said. */
type Origin = { address: string | null; requestId: string | null; name?: string }

const TRIAL_DAYS = 30

/**
 * A company signs up: the tenant with its hosts, a trial of 30 days, a first admin who must confirm the e-mail, a
 * product and two plans. The mail follows from the event. Throws `invalid` by field, `too_many_requests`, `busy`.
 */
export async function signUpTenant(raw: SignUpInput, origin: Origin, now: Date): Promise<{ tenant: TenantFacts; memberId: bigint }> {
  if (origin.address !== null) assertAllowed(await throttle().take('sign_up', networkOf(origin.address)))
  const { ctx, memberId } = await makeTenant(raw, origin, now, { confirmed: false })
  // Committed by now: if this fails the sign-up has still happened, and the job of its event completes it.
  await furnishTenant(ctx).catch((error: unknown) => logger.warn({ err: error, tenantId: Number(ctx.tenant.id) }, 'a new tenant will be furnished by a job'))
  return { tenant: ctx.tenant, memberId }
}

export type CreatedTenant = { ctx: Ctx; memberId: bigint; accessToken: string; providerKey: string }

/** For the command line and the demo: the same with a confirmed e-mail, a full access token and the provider key in plain, once. */
export async function createTenant(raw: SignUpInput, now: Date): Promise<CreatedTenant> {
  const { ctx, memberId, providerKey } = await makeTenant(raw, { address: null, requestId: null }, now, { confirmed: true })
  await furnishTenant(ctx)
  const { token } = await createAccessTokenFor(ctx, memberId, { name: 'Made with the tenant', permission: 'rw', scopes: [...accessTokenScopes] })
  return { ctx, memberId, accessToken: token, providerKey }
}

export type OperatedTenant = { ctx: Ctx; accessToken: { id: bigint; value: string } }

/**
 * For whoever runs the installation, by API: the tenant with an active admin, who also signs in by that user name, and an
 * access token named Administration of all scopes, in one transaction. Throws `invalid` by field.
 */
export async function createOperatedTenant(raw: SignUpInput & { userName: string }, origin: Origin, now: Date): Promise<OperatedTenant> {
  const { ctx, token } = await makeTenant(raw, origin, now, { confirmed: true, userName: raw.userName, token: 'Administration' })
  await furnishTenant(ctx).catch((error: unknown) => logger.warn({ err: error, tenantId: Number(ctx.tenant.id) }, 'a new tenant will be furnished by a job'))
  return { ctx, accessToken: { id: token!.id, value: token!.token } }
}

type Wanted = { confirmed: boolean; userName?: string; /** The name of a full access token of the first admin. */ token?: string }

async function makeTenant(raw: SignUpInput, origin: Origin, now: Date, { confirmed, userName, token: tokenName }: Wanted) {
  const { organisation, slug, name, email, password } = signUpInput.parse(raw)
  const verdict = await checkSlug(slug)
  const problem = findPasswordProblem(password, { kind: 'member', email })
  if (!verdict.available || problem) throw invalid({ ...(!verdict.available && { slug: [verdict.reason] }), ...(problem && { password: [problem] }) })
  const passwordHash = await hashPassword(password)
  const providerKey = newKey('pk')
  const trialEndsAt = new Date(now.getTime() + TRIAL_DAYS * 86_400_000)
  try {
    return await systemDb('sign-up of a tenant').$transaction(async (tx) => {
      const { id } = await tx.tenant.create({ data: { slug, name: organisation, trialEndsAt, createdAt: now, providerKeyHash: lookupHash(providerKey) } })
      // Sealed to the row it stands in, so the row comes first (KEY-2).
      await tx.tenant.update({ where: { id }, data: { providerKeyCipher: encryptSecret(providerKey, { tenantId: id, table: 'tenants', row: id, column: 'providerKeyCipher' }) } })
      await tx.host.createMany({
        data: [
          { tenantId: id, zone: 'admin', name: `${slug}.${env().ADMIN_DOMAIN}` },
          { tenantId: id, zone: 'portal', name: `${slug}.${env().PORTAL_DOMAIN}` },
        ],
      })
      const member = await tx.member.create({
        data: {
          tenantId: id,
          name,
          email,
          emailNormal: normalEmail(email)!,
          passwordHash,
          role: 'admin',
          ...(userName !== undefined && { userName, userNameNormal: normalUserName(userName) }),
          ...(confirmed && { state: 'active', emailConfirmedAt: now }),
        },
      })
      const ctx = systemContext({ id, slug, name: organisation, timezone: 'Etc/UTC', features: {}, trialEndsAt }, now, origin)
      await recordEvent(tx, { tenantId: id, type: 'tenant.created', data: { memberId: Number(member.id) } })
      if (!confirmed) await recordEvent(tx, { tenantId: id, type: 'member.confirmation_requested', data: { memberId: Number(member.id) } })
      await recordAudit(tx, ctx.audit, { action: 'tenant.created', object: { kind: 'tenant', id, name: organisation }, after: { slug, organisation, email, role: 'admin' } })
      await recordChange(tx, { tenantId: id, topic: 'host' })
      const token = tokenName === undefined ? null : await insertAccessToken(tx, ctx, member.id, { name: tokenName, permission: 'rw', scopes: [...accessTokenScopes] })
      return { ctx, memberId: member.id, providerKey, token }
    })
  } catch (error) {
    // Somebody took the subdomain between the look and the write; it is the only thing that can collide here.
    if (isUniqueViolation(error)) throw invalid({ slug: ['This name is taken. Choose another.'] })
    throw error
  }
}
