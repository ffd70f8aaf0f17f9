import { developerEditInput, developerRef, type DeveloperEditInput, type DeveloperRef, type DeveloperRole } from '@/lib/accounts/schema'
import { emailTakenOr } from '@/lib/accounts/taken'
import { writeDeveloper } from '@/lib/accounts/write-account'
import type { Developer, Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError } from '@/lib/errors'
import { checkValues } from '@/lib/fields/check-values'
import { joinValues, mergeExtra } from '@/lib/fields/split-values'
import type { Ctx } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'

/** Changes what is given, of `values` what has no column. A new role or address signs the person out (SES-3). Throws `not_found`, `invalid`. */
export async function editDeveloper(ctx: Ctx, raw: DeveloperEditInput): Promise<void> {
  const { developerId, values = {}, ...edit } = developerEditInput.parse(raw)
  await writeDeveloper(ctx, developerId, 'developer.changed', async (tx, developer) => {
    const { extra } = await checkValues({ ...ctx, db: tx }, 'user', { ...values, email: edit.email ?? developer.email }, { prefix: 'values.', current: joinValues('user', developer) })
    await saveDeveloper(tx, ctx, developer, edit, mergeExtra(developer.extra, extra))
    const changed = changedIn(developer, edit)
    const pick = (from: Partial<Record<string, unknown>>) => Object.fromEntries(changed.map((key) => [key, from[key]]))
    return { result: undefined, before: pick(developer), after: { ...pick(edit), ...extra } }
  }).catch(emailTakenOr())
}

type DeveloperEdit = { email?: string; userName?: string | null; firstName?: string; lastName?: string; role?: DeveloperRole }

/** Writes what is given, `extra` whole; a new role or address ends the person's sessions, a new address every link sent to the old one. In a transaction of `writeDeveloper`. */
export async function saveDeveloper(tx: TenantTx, ctx: Ctx, developer: Developer, edit: DeveloperEdit, extra?: Prisma.InputJsonObject): Promise<Developer> {
  const saved = await tx.developer.update({
    where: { id: developer.id },
    data: {
      ...edit,
      extra,
      ...(edit.email !== undefined && { emailNormal: normalEmail(edit.email)! }),
      ...(edit.userName !== undefined && { userNameNormal: edit.userName === null ? null : normalUserName(edit.userName) }),
    },
  })
  const changed = changedIn(developer, edit)
  if (changed.includes('role') || changed.includes('email')) await signDeveloperOut(tx, ctx, developer.id)
  // A link in the mailbox of before proves nothing of the new address, and its owner may be whom the change is about (PW-4).
  if (changed.includes('email')) await tx.oneTimeToken.updateMany({ where: { developerId: developer.id, usedAt: null }, data: { usedAt: ctx.now } })
  return saved
}

function changedIn(developer: Developer, edit: DeveloperEdit) {
  return (Object.keys(edit) as (keyof DeveloperEdit)[]).filter((key) => edit[key] !== undefined && edit[key] !== developer[key])
}

/** Signs the person out and lets nobody in by this name. The account's keys go on working. Throws `not_found`. */
export async function suspendDeveloper(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  await writeDeveloper(ctx, developerId, 'developer.suspended', async (tx, developer) => {
    await tx.developer.update({ where: { id: developerId }, data: { state: 'suspended' } })
    await signDeveloperOut(tx, ctx, developerId)
    return { result: undefined, before: { state: developer.state }, after: { state: 'suspended' } }
  })
}

/** Lets a suspended person in again. Throws `not_found`, `conflict`. */
export async function resumeDeveloper(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  await writeDeveloper(ctx, developerId, 'developer.resumed', async (tx, developer) => {
    if (developer.state !== 'suspended') throw new AppError('conflict', { publicMessage: 'Only suspended people can be resumed.' })
    // Whoever had not confirmed the e-mail before still has to (PW-4): resuming proves nothing.
    const state = developer.emailConfirmedAt ? 'active' : 'pending'
    await tx.developer.update({ where: { id: developerId }, data: { state } })
    return { result: undefined, before: { state: developer.state }, after: { state } }
  })
}

/** Removes the person with every session. Throws `not_found`. */
export async function removeDeveloper(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  await writeDeveloper(ctx, developerId, 'developer.deleted', async (tx, developer) => {
    await tx.developer.delete({ where: { id: developerId } })
    return { result: undefined, before: { email: developer.email, role: developer.role } }
  })
}

/** Ends every session of a developer, in the transaction of the change (SES-3, SES-4). */
export async function signDeveloperOut(tx: TenantTx, ctx: Ctx, developerId: bigint): Promise<void> {
  await tx.session.updateMany({ where: { developerId, revokedAt: null }, data: { revokedAt: ctx.now } })
}
