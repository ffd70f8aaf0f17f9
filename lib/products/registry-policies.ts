import { z } from 'zod'
import type { Prisma, RegistryPolicy } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

const SCHEMA_BYTES_MAX = 64 * 1024
const POLICIES_MAX = 200

const name = z.string({ error: "can't be blank" }).trim().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'Use letters, digits, _ - and . only, at most 100.')
const version = z.string({ error: "can't be blank" }).trim().regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]{0,49}$/, 'Write a version, like 1.0.')
/** The manifest of the policy: what it is, and the JSON Schema of its configuration. As object or as JSON text. */
const schema = z
  .union([z.record(z.string(), z.unknown()), z.string().transform((text, context) => parseObject(text, context))], { error: 'Write a JSON object.' })
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= SCHEMA_BYTES_MAX, 'Use at most 64 KB.')
  .refine((value) => value.configuration === undefined || (typeof value.configuration === 'object' && value.configuration !== null && !Array.isArray(value.configuration)), 'Its configuration is a JSON Schema: an object.')

const registryPolicyInput = z.object({ name, version, schema })
export type RegistryPolicyInput = z.input<typeof registryPolicyInput>

const registryPolicyEditInput = z.object({ policyId: idInput, name: name.optional(), version: version.optional(), schema: schema.optional() })
export type RegistryPolicyEditInput = z.input<typeof registryPolicyEditInput>

const registryPolicyRef = z.object({ policyId: idInput })
export type RegistryPolicyRef = z.input<typeof registryPolicyRef>

/** A policy that the tenant's own gateways know: chains may name it, we never run it. Throws `invalid` where name and version are taken. */
export async function createRegistryPolicy(ctx: Ctx, raw: RegistryPolicyInput): Promise<{ id: bigint }> {
  const { schema, ...input } = registryPolicyInput.parse(raw)
  if ((await ctx.db.registryPolicy.count()) >= POLICIES_MAX) throw new AppError('conflict', { publicMessage: `A tenant registers at most ${POLICIES_MAX} policies.` })
  const { id } = await write(ctx, 'registry_policy.created', async (tx) => {
    const policy = await tx.registryPolicy.create({ data: { tenantId: ctx.tenant.id, ...input, schema: schema as Prisma.InputJsonObject } })
    return { policy, before: null, after: input }
  })
  return { id }
}

/** Throws `not_found`, `invalid`. */
export async function editRegistryPolicy(ctx: Ctx, raw: RegistryPolicyEditInput): Promise<void> {
  const { policyId, schema, ...input } = registryPolicyEditInput.parse(raw)
  await write(ctx, 'registry_policy.changed', async (tx) => {
    const before = await tx.registryPolicy.findUnique({ where: { id: policyId } })
    if (!before) throw notFound()
    const policy = await tx.registryPolicy.update({ where: { id: policyId }, data: { ...input, ...(schema !== undefined && { schema: schema as Prisma.InputJsonObject }) } })
    return { policy, before: { name: before.name, version: before.version }, after: { name: policy.name, version: policy.version } }
  })
}

/** Throws `not_found`, `in_use` while a product's chain names it. */
export async function deleteRegistryPolicy(ctx: Ctx, raw: RegistryPolicyRef): Promise<void> {
  const { policyId } = registryPolicyRef.parse(raw)
  await write(ctx, 'registry_policy.deleted', async (tx) => {
    const policy = await tx.registryPolicy.findUnique({ where: { id: policyId } })
    if (!policy) throw notFound()
    const products = await tx.product.findMany({ select: { name: true, policies: true } })
    const users = products.filter(({ policies }) => (policies as { name: string; version: string }[]).some((entry) => entry.name === policy.name && entry.version === policy.version)).map((product) => product.name)
    if (users.length > 0) throw new AppError('in_use', { publicMessage: `The policy chain of ${users.join(', ')} names it. Take it out there first.` })
    await tx.registryPolicy.delete({ where: { id: policyId } })
    return { policy, before: { name: policy.name, version: policy.version }, after: null }
  })
}

type Write = { policy: RegistryPolicy; before: Record<string, unknown> | null; after: Record<string, unknown> | null }

async function write(ctx: Ctx, action: EventType, run: (tx: TenantTx) => Promise<Write>): Promise<RegistryPolicy> {
  return ctx.db
    .$transaction(async (tx) => {
      const { policy, before, after } = await run(tx)
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { registryPolicyId: Number(policy.id) } })
      await recordAudit(tx, ctx.audit, { action, object: { kind: 'registry_policy', id: policy.id, name: `${policy.name} ${policy.version}` }, before, after })
      return policy
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) throw invalid({ version: ['This version of the policy is registered already.'] })
      throw error
    })
}

function parseObject(text: string, context: z.RefinementCtx): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below: it is no JSON.
  }
  context.addIssue({ code: 'custom', message: 'Write a JSON object.' })
  return z.NEVER
}
