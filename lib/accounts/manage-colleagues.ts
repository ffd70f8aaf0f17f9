import { z } from 'zod'
import { assertAccountAdmin, assertNotLastAccountAdmin } from '@/lib/accounts/account-admin'
import { signDeveloperOut } from '@/lib/accounts/change-developer'
import { developerRef, developerRoles, type DeveloperRef } from '@/lib/accounts/schema'
import type { Developer } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { listFields } from '@/lib/fields/queries'
import { fieldValuesInput } from '@/lib/fields/schema'
import { joinValues, mergeExtra, splitValues } from '@/lib/fields/split-values'
import { validateValues } from '@/lib/fields/validate-values'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

const colleagueEditInput = z.object({ developerId: idInput, role: z.enum(developerRoles).optional(), fields: fieldValuesInput.default({}) })
export type ColleagueEditInput = z.input<typeof colleagueEditInput>

/** What a person signs in with is the person's own: an admin who could set it could take the account over. */
export const ownLoginFields = ['email', 'username'] as const

/**
 * Role and fields of a colleague, by an admin of the account. A new role signs the colleague out (SES-3). E-mail and
 * user name are left as they are. Throws `not_found`, `forbidden`, `invalid` by field, `last_admin` (ROLE-1).
 */
export async function editColleague(ctx: Ctx, raw: ColleagueEditInput): Promise<void> {
  const { developerId, role, fields } = colleagueEditInput.parse(raw)
  const accountId = accountOf(ctx)
  const stored = await ctx.db.developer.findFirst({ where: { id: developerId, accountId } })
  if (!stored) throw notFound()
  const writable = (await listFields(ctx, 'user')).filter(({ name }) => !(ownLoginFields as readonly string[]).includes(name))
  const { values, errors } = validateValues(writable, fields, { side: 'partner', current: joinValues('user', stored) })
  if (Object.keys(errors).length > 0) throw invalid(errors)
  const { columns, extra } = splitValues('user', values)
  await writeColleague(ctx, developerId, 'developer.changed', async (tx, developer) => {
    const newRole = role !== developer.role ? role : undefined
    if (newRole) await assertMayChange(tx, ctx, developer, newRole)
    await tx.developer.update({ where: { id: developer.id }, data: { ...columns, extra: mergeExtra(developer.extra, extra), ...(newRole && { role: newRole }) } })
    if (newRole) await signDeveloperOut(tx, ctx, developer.id)
    return changesOf({ role: developer.role, ...joinValues('user', developer) }, { ...values, ...(newRole && { role: newRole }) })
  })
}

/** Removes a colleague with every session. Throws `not_found`, `forbidden`, `invalid` for oneself, `last_admin` (ROLE-1). */
export async function removeColleague(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  await writeColleague(ctx, developerId, 'developer.deleted', async (tx, developer) => {
    await assertMayChange(tx, ctx, developer, 'gone')
    await tx.developer.delete({ where: { id: developer.id } })
    return { before: { email: developer.email, role: developer.role } }
  })
}

/** The last admin stays, and nobody demotes or removes themselves. */
async function assertMayChange(tx: TenantTx, ctx: Ctx, developer: Developer, to: 'admin' | 'member' | 'gone'): Promise<void> {
  if (to !== 'admin' && developer.role === 'admin' && developer.state === 'active') await assertNotLastAccountAdmin(tx, developer.accountId, developer.id)
  if (developer.id === ctx.actor.id) throw invalid({ role: ['You cannot do this to yourself. Ask another admin.'] }, 'You cannot do this to yourself. Ask another admin of your account.')
}

type Facts = { before: Record<string, unknown>; after?: Record<string, unknown> }

async function writeColleague(ctx: Ctx, developerId: bigint, action: 'developer.changed' | 'developer.deleted', write: (tx: TenantTx, developer: Developer) => Promise<Facts>): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const accountId = await assertAccountAdmin(tx, ctx)
    const developer = await tx.developer.findFirst({ where: { id: developerId, accountId } })
    if (!developer) throw notFound()
    const facts = await write(tx, developer)
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { developerId: Number(developer.id), accountId: Number(accountId) } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'developer', id: developer.id, name: developer.email }, ...facts })
  })
}

/** What differs, for the audit log. */
function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): Facts {
  const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name] ?? ''))
  const pick = (from: Record<string, unknown>) => Object.fromEntries(changed.map((name) => [name, from[name] ?? null]))
  return { before: pick(before), after: pick(after) }
}

function accountOf({ actor }: Ctx): bigint {
  if (actor.kind !== 'developer') throw notFound()
  return actor.accountId
}
