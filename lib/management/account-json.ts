import { z } from 'zod'
import type { Account, Developer } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { readExtra } from '@/lib/fields/split-values'
import type { FieldValues } from '@/lib/fields/validate-values'
import { answer, linksOf } from '@/lib/management/inputs'
import { Extra } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

export const accountAnswer = z
  .looseObject({ id: answer.id, created_at: answer.time, updated_at: answer.time, state: z.enum(['pending', 'approved', 'rejected', 'suspended']), org_name: z.string(), links: answer.links })
  .describe('Own fields stand beside the others.')

/** An account as the API tells it; own fields apart. */
export function accountJson({ id, orgName, state, createdAt, extra }: Account, origin: string) {
  const path = `/admin/api/accounts/${id}`
  return {
    id,
    created_at: createdAt,
    // When a row was last changed is not kept; clients that compare it see no change.
    updated_at: createdAt,
    state,
    org_name: orgName,
    extra_fields: new Extra(readExtra(extra)),
    links: linksOf(origin, { self: path, users: `${path}/users`, applications: `${path}/applications` }),
  }
}

export const userAnswer = z.looseObject({
  id: answer.id,
  account_id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  state: z.enum(['pending', 'active', 'suspended']),
  role: z.enum(['admin', 'member']),
  username: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  links: answer.links,
})

/** A developer. One signs in by e-mail here, so that it stands in for a user name nobody has set. */
export function userJson({ id, accountId, state, role, userName, email, firstName, lastName, extra, createdAt }: Developer, origin: string) {
  return {
    id,
    account_id: accountId,
    created_at: createdAt,
    updated_at: createdAt,
    state,
    role,
    username: userName ?? email,
    email,
    first_name: firstName,
    last_name: lastName,
    extra_fields: new Extra(readExtra(extra)),
    links: linksOf(origin, { account: `/admin/api/accounts/${accountId}`, self: `/admin/api/accounts/${accountId}/users/${id}` }),
  }
}

/** Throws `not_found`. */
export async function getAccountRow(ctx: Ctx, accountId: bigint): Promise<Account> {
  const row = await ctx.db.account.findUnique({ where: { id: accountId } })
  if (!row) throw notFound()
  return row
}

/** A developer of that account and no other. Throws `not_found`. */
export async function getDeveloperRow(ctx: Ctx, accountId: bigint, developerId: bigint): Promise<Developer> {
  const row = await ctx.db.developer.findFirst({ where: { id: developerId, accountId } })
  if (!row) throw notFound()
  return row
}

/** Whatever of a request may be a field's value, as text; what the tenant has no field for is left out by the noun. */
export function fieldValues(sent: Record<string, unknown>): FieldValues {
  const values: FieldValues = {}
  for (const [name, value] of Object.entries(sent)) {
    if (name.length > 100) continue
    if (Array.isArray(value)) values[name] = value.slice(0, 100).filter(isScalar).map(String)
    else if (isScalar(value)) values[name] = String(value)
    else if (value === null) values[name] = ''
  }
  return values
}

const isScalar = (value: unknown): value is string | number | boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
