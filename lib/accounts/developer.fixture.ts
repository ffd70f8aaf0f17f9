import { makeOneTimeToken, type TokenPurpose } from '@/lib/tenants/one-time-tokens'
import { hashPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'

/** For tests: a password that passes the rules. */
export const goodPassword = 'violet tram over Lyon'

let people = 0
let hashed: Promise<string> | undefined

type Wanted = { email?: string; userName?: string; state?: string; accountState?: string; role?: 'admin' | 'member'; orgName?: string; firstName?: string; lastName?: string }

/** A developer with an account of their own, able to sign in unless told otherwise. */
export async function makeDeveloper(ctx: Ctx, wanted: Wanted = {}) {
  const { email = `partner${++people}@example.com`, userName = null, state = 'active', accountState = 'approved', role = 'admin', orgName = `Partner ${people}`, firstName = '', lastName = '' } = wanted
  const passwordHash = await (hashed ??= hashPassword(goodPassword))
  const tenantId = ctx.tenant.id
  const account = await ctx.db.account.create({ data: { tenantId, orgName, state: accountState } })
  const developer = await ctx.db.developer.create({
    data: { tenantId, accountId: account.id, email, emailNormal: email.toLowerCase(), userName, userNameNormal: userName?.toLowerCase() ?? null, firstName, lastName, role, state, passwordHash },
  })
  return { account, developer }
}

/** A mail's link as its reader has it. */
export async function makeLink(ctx: Ctx, developerId: bigint, purpose: TokenPurpose, now = new Date()): Promise<string> {
  return ctx.db.$transaction((tx) => makeOneTimeToken(tx, purpose, { tenantId: ctx.tenant.id, developerId }, now))
}
