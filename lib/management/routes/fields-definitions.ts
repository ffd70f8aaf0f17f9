import { z } from 'zod'
import { notFound } from '@/lib/errors'
import { findBuiltIn, type FieldTarget } from '@/lib/fields/built-in'
import { createField } from '@/lib/fields/create-field'
import { deleteField } from '@/lib/fields/delete-field'
import { editField } from '@/lib/fields/edit-field'
import { orderFields } from '@/lib/fields/order-fields'
import { listAllFields, listFields, toFieldDto, type FieldDto } from '@/lib/fields/queries'
import { answer, flag, requiredText, text, texts, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'portal', formats: ['json'], tag: 'Fields' } as const

const targets = { Account: 'account', User: 'user', Cinstance: 'application' } as const satisfies Record<string, FieldTarget>
const targetNames = Object.keys(targets) as (keyof typeof targets)[]

const fieldAnswer = z.object({
  id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  target: z.enum(targetNames),
  name: z.string(),
  label: z.string(),
  required: z.boolean(),
  hidden: z.boolean(),
  read_only: z.boolean(),
  choices: z.array(z.string()),
  hint: z.string(),
  position: z.number().int(),
})
const one = { kind: 'one', name: 'fields_definition', schema: fieldAnswer, status: 200 } as const

const rules = { required: flag().optional(), hidden: flag().optional(), read_only: flag().optional(), choices: texts(200).optional(), hint: text(300).optional(), position: wholeNumber(1).optional() }

/** Extra fields of accounts, users and applications. */
export const fieldsDefinitionRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/fields_definitions',
    summary: 'List the fields of accounts, users and applications',
    input: z.object({}),
    paged: true,
    answers: { kind: 'many', name: 'fields_definitions', each: 'fields_definition', schema: fieldAnswer },
    async handle({ ctx, page }) {
      // Whoever never looked at the fields has the defaults from now on.
      const { account, user, application } = await listAllFields(ctx)
      const all = [...account, ...user, ...application]
      const times = new Map((await ctx.db.fieldDefinition.findMany({ select: { id: true, createdAt: true } })).map((row) => [Number(row.id), row.createdAt]))
      return { items: all.slice(page.skip, page.skip + page.take).map((field) => fieldJson(field, times.get(field.id)!)), total: all.length }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/fields_definitions',
    summary: 'Add a field',
    input: z.object({ target: z.enum(targetNames, { error: `Choose one of ${targetNames.join(', ')}.` }), name: requiredText(60), label: text(100).optional(), ...rules }),
    answers: { ...one, status: 201 },
    async handle({ ctx, input }) {
      const { name, label, required, hidden, read_only: readOnly, choices, hint, position } = input
      const target = targets[input.target]
      const { id: fieldId } = await createField(ctx, { target, name, label: label ?? '', builtIn: findBuiltIn(target, name) !== undefined, required, hidden, readOnly, choices, hint })
      if (position !== undefined) await placeAt(ctx, target, fieldId, position)
      return read(ctx, fieldId)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/fields_definitions/:field_id',
    summary: 'Read a field',
    input: z.object({}),
    answers: one,
    handle: ({ ctx, ids }) => read(ctx, ids.field_id!),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/fields_definitions/:field_id',
    summary: 'Change a field; its name and target stay',
    input: z.object({ label: requiredText(100).optional(), ...rules }),
    answers: one,
    async handle({ ctx, ids, input }) {
      const { label, required, hidden, read_only: readOnly, choices, hint, position } = input
      await editField(ctx, { fieldId: ids.field_id!, label, required, hidden, readOnly, choices, hint })
      const row = await ctx.db.fieldDefinition.findUnique({ where: { id: ids.field_id! } })
      if (row && position !== undefined) await placeAt(ctx, toFieldDto(row).target, row.id, position)
      return read(ctx, ids.field_id!)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/fields_definitions/:field_id',
    summary: 'Take a field off every form',
    input: z.object({}),
    answers: { kind: 'nothing' },
    handle: ({ ctx, ids }) => deleteField(ctx, { fieldId: ids.field_id! }),
  }),
]

function fieldJson({ id, target, name, label, required, hidden, readOnly, choices, hint, position }: FieldDto, createdAt: Date) {
  return { id, created_at: createdAt, updated_at: createdAt, target: targetNames.find((each) => targets[each] === target)!, name, label, required, hidden, read_only: readOnly, choices, hint, position }
}

async function read(ctx: Ctx, fieldId: bigint) {
  const row = await ctx.db.fieldDefinition.findUnique({ where: { id: fieldId } })
  if (!row) throw notFound()
  return fieldJson(toFieldDto(row), row.createdAt)
}

/** `position` counts from 1; beyond the end it is the last place. */
async function placeAt(ctx: Ctx, target: FieldTarget, fieldId: bigint, position: number): Promise<void> {
  const others = (await listFields(ctx, target)).map((field) => BigInt(field.id)).filter((each) => each !== fieldId)
  await orderFields(ctx, { target, fieldIds: others.toSpliced(position - 1, 0, fieldId) })
}
