import { specRef, type SpecRef } from '@/lib/activedocs/schema'
import { writeSpec } from '@/lib/activedocs/write-spec'
import type { Ctx } from '@/lib/tenants/context'

/** Throws `not_found`. */
export async function deleteSpec(ctx: Ctx, raw: SpecRef): Promise<void> {
  const { specId } = specRef.parse(raw)
  await writeSpec(ctx, specId, 'api_spec.deleted', async (tx, { name, systemName, version, operations, published }) => {
    await tx.apiSpec.delete({ where: { id: specId }, select: { id: true } })
    return { before: { name, systemName, version, operations, published } }
  })
}
