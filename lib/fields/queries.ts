import type { FieldDefinition } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { defaultFields, fieldTargets, findBuiltIn, type FieldTarget } from '@/lib/fields/built-in'
import type { Ctx } from '@/lib/tenants/context'

/** `ctx`, or what a write has within its transaction. */
export type FieldReader = { db: TenantTx; tenant: Pick<Ctx['tenant'], 'id'> }

export type FieldDto = {
  id: number
  target: FieldTarget
  name: string
  label: string
  builtIn: boolean
  /** A required built-in one: cannot be made optional, hidden or deleted. */
  fixed: boolean
  required: boolean
  hidden: boolean
  readOnly: boolean
  choices: string[]
  hint: string
  position: number
}

/** The fields of a target in the tenant's order; a tenant that never changed them has the defaults. */
export async function listFields(ctx: FieldReader, target: FieldTarget): Promise<FieldDto[]> {
  return (await listAllFields(ctx))[target]
}

/** The fields of every target, in one query. */
export async function listAllFields(ctx: FieldReader): Promise<Record<FieldTarget, FieldDto[]>> {
  let rows = await readAll(ctx)
  const missing = fieldTargets.filter((target) => !rows.some((row) => row.target === target))
  if (missing.length > 0) {
    await makeDefaults(ctx, missing)
    rows = await readAll(ctx)
  }
  const of = (target: FieldTarget) => rows.filter((row) => row.target === target).map(toFieldDto)
  return { account: of('account'), user: of('user'), application: of('application') }
}

function readAll(ctx: FieldReader): Promise<FieldDefinition[]> {
  return ctx.db.fieldDefinition.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }] })
}

/** A required built-in field is always among them, so a target without rows has never been looked at. */
async function makeDefaults({ db, tenant }: FieldReader, targets: FieldTarget[]): Promise<void> {
  const data = targets.flatMap((target) =>
    defaultFields[target].map((name, index) => {
      const { label, required = false } = findBuiltIn(target, name)!
      return { tenantId: tenant.id, target, name, label, builtIn: true, required, position: index + 1 }
    }),
  )
  await db.fieldDefinition.createMany({ data, skipDuplicates: true })
}

export function toFieldDto(row: FieldDefinition): FieldDto {
  const { name, label, builtIn, required, hidden, readOnly, choices, hint, position } = row
  const target = row.target as FieldTarget
  return { id: Number(row.id), target, name, label, builtIn, fixed: builtIn && findBuiltIn(target, name)?.required === true, required, hidden, readOnly, choices, hint, position }
}
