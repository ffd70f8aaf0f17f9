import { specRef, type SpecRef } from '@/lib/activedocs/schema'
import { writeSpec } from '@/lib/activedocs/write-spec'
import type { Ctx } from '@/lib/tenants/context'

/** Shows the document on the portal. Throws `not_found`. */
export async function publishSpec(ctx: Ctx, raw: SpecRef): Promise<void> {
  await setPublished(ctx, raw, true)
}

/** Takes the document from the portal: its addresses answer 404 from now on (DOC-1). Throws `not_found`. */
export async function hideSpec(ctx: Ctx, raw: SpecRef): Promise<void> {
  await setPublished(ctx, raw, false)
}

async function setPublished(ctx: Ctx, raw: SpecRef, published: boolean): Promise<void> {
  const { specId } = specRef.parse(raw)
  await writeSpec(ctx, specId, published ? 'api_spec.published' : 'api_spec.hidden', async (tx, spec) => {
    if (spec.published === published) return null
    await tx.apiSpec.update({ where: { id: specId }, data: { published }, select: { id: true } })
    return { before: { published: spec.published }, after: { published } }
  })
}
