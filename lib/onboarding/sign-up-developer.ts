import { emailTakenOr } from '@/lib/accounts/taken'
import type { AccountState } from '@/lib/accounts/schema'
import { insertApplication } from '@/lib/applications/insert-application'
import { sameSecret } from '@/lib/crypto'
import type { Plan, Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, type FieldErrors } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { listAllFields } from '@/lib/fields/queries'
import { mergeExtra, splitValues } from '@/lib/fields/split-values'
import { validateValues, type FieldValues } from '@/lib/fields/validate-values'
import { findSignUpPlans } from '@/lib/onboarding/find-sign-up-plans'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/** As the form sends it, by field name; `user` holds `password` and `password_confirmation` too. */
export type DeveloperSignUp = {
  user: Record<string, string | string[]>
  account: Record<string, string | string[]>
  application: Record<string, string | string[]>
  planIds: bigint[]
}

/** Ids are null where the e-mail was taken: nothing was made, and whoever asked must not be able to tell (PW-3). */
export type DeveloperSignedUp = { accountId: bigint | null; developerId: bigint | null; applicationId: bigint | null; state: AccountState }

/**
 * A partner signs up on the portal: account and first developer, both pending until the e-mail is confirmed, and an
 * application with its keys on each plan that was chosen or is a product's default. The mail follows from the event. A
 * taken e-mail makes nothing, takes as long and answers the same; its mail tells the truth (PW-3). Two forms at once
 * make one account (IDM-2). Throws `forbidden` while sign-up is closed, `invalid` with `user.`, `account.` and
 * `application.` before the field's name, `too_many_requests`, `busy`.
 */
export async function signUpDeveloper(ctx: Ctx, raw: DeveloperSignUp): Promise<DeveloperSignedUp> {
  const settings = await getPortalSettings(ctx)
  if (!settings.signupsEnabled) throw new AppError('forbidden', { publicMessage: 'Sign-up is closed at the moment.' })
  if (ctx.audit.address !== null) assertAllowed(await throttle().take('sign_up', `${ctx.tenant.id}.address.${networkOf(ctx.audit.address)}`))
  const plans = await findSignUpPlans(ctx, raw.planIds, settings)
  const { user, account, application, password } = await checkSignUp(ctx, raw, plans.length > 0)
  const passwordHash = await hashPassword(password)
  const email = String(user.columns.email)
  try {
    return await make(ctx, { user, account, application, email, passwordHash, plans })
  } catch (error) {
    if (!isUniqueViolation(error, 'developers_tenantId_emailNormal_key')) return emailTakenOr('user.', { userName: 'username' })(error)
    await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'developer.registration_repeated', data: { email } })
    return { accountId: null, developerId: null, applicationId: null, state: 'pending' }
  }
}

type Split = ReturnType<typeof splitValues>

/** Every problem of the form at once. */
async function checkSignUp(ctx: Ctx, raw: DeveloperSignUp, withApplication: boolean): Promise<{ user: Split; account: Split; application: Split; password: string }> {
  const fields = await listAllFields(ctx)
  const user = validateValues(fields.user, raw.user, { side: 'partner' })
  const account = validateValues(fields.account, raw.account, { side: 'partner' })
  const named: FieldValues = { ...raw.application, name: textOf(raw.application.name) || `${String(account.values.org_name ?? '')}'s App`.slice(0, 100) }
  const application = withApplication ? validateValues(fields.application, named, { side: 'partner', only: 'required' }) : { values: {}, errors: {} }
  const password = textOf(raw.user.password)
  const passwordProblem = password ? findPasswordProblem(password, { kind: 'developer', email: String(user.values.email ?? '') }) : 'Choose a password.'
  const errors: FieldErrors = { ...prefixed('user.', user.errors), ...prefixed('account.', account.errors), ...prefixed('application.', application.errors) }
  if (passwordProblem) errors['user.password'] = [passwordProblem]
  else if (raw.user.password_confirmation !== undefined && !sameSecret(textOf(raw.user.password_confirmation), password)) errors['user.password_confirmation'] = ['The two passwords differ. Write the same one twice.']
  if (Object.keys(errors).length > 0) throw invalid(errors)
  return { user: splitValues('user', user.values), account: splitValues('account', account.values), application: splitValues('application', application.values), password }
}

type Making = { user: Split; account: Split; application: Split; email: string; passwordHash: string; plans: Plan[] }

async function make(ctx: Ctx, { user, account, application, email, passwordHash, plans }: Making): Promise<DeveloperSignedUp> {
  const tenantId = ctx.tenant.id
  return ctx.db.$transaction(async (tx) => {
    const orgName = String(account.columns.orgName)
    const { id: accountId } = await tx.account.create({ data: { tenantId, orgName, state: 'pending', extra: mergeExtra({}, account.extra) }, select: { id: true } })
    const applications: bigint[] = []
    for (const plan of plans) {
      const { name, description } = application.columns
      const state = plan.approvalRequired ? 'pending' : 'live'
      applications.push((await insertApplication(tx, ctx, { accountId, plan, name: String(name), description, extra: mergeExtra({}, application.extra), state })).id)
    }
    const developerId = await nextDeveloperId(tx)
    const applicationId = applications[0] ?? null
    const ids = { accountId: Number(accountId), developerId: Number(developerId) }
    await recordEvent(tx, { tenantId, type: 'account.created', data: { ...ids, applicationId: applicationId === null ? null : Number(applicationId), signedUp: true } })
    await recordEvent(tx, { tenantId, type: 'developer.created', data: ids })
    await recordEvent(tx, { tenantId, type: 'developer.confirmation_requested', data: ids })
    await recordAudit(tx, ctx.audit, { action: 'account.created', object: { kind: 'account', id: accountId, name: orgName }, after: { orgName, developer: email, plans: plans.map((plan) => plan.name) } })
    // The person last: a taken e-mail is found after as much work as a free one takes (PW-3).
    await tx.developer.create({ data: { id: developerId, tenantId, accountId, role: 'admin', state: 'pending', email, passwordHash, ...personOf(user, email) }, select: { id: true } })
    return { accountId, developerId, applicationId, state: 'pending' }
  })
}

async function nextDeveloperId(tx: TenantTx): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`SELECT nextval(pg_get_serial_sequence('developers', 'id')) AS id`
  return row!.id
}

function personOf({ columns, extra }: Split, email: string): { emailNormal: string; userName: string | null; userNameNormal: string | null; firstName: string; lastName: string; extra: Prisma.InputJsonObject } {
  const { userName = null, firstName = '', lastName = '' } = columns
  return { emailNormal: normalEmail(email)!, userName, userNameNormal: userName && normalUserName(userName), firstName, lastName, extra: mergeExtra({}, extra) }
}

const textOf = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '')

const prefixed = (prefix: string, errors: FieldErrors): FieldErrors => Object.fromEntries(Object.entries(errors).map(([name, messages]) => [`${prefix}${name}`, messages]))
