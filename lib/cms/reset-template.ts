import { AppError } from '@/lib/errors'
import { templateRef, type TemplateRef } from '@/lib/cms/schema'
import { versionOf, writeTemplate } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Throws the draft's changes away: of a version of a built-in template the draft becomes the built-in text (`builtIn`),
 * of the tenant's own what visitors see. What is published stays until the next Publish. Throws `not_found`, `conflict`
 * where an own template was never published.
 */
export async function resetTemplate(ctx: Ctx, raw: TemplateRef, builtIn: string | null): Promise<{ updatedAt: Date; body: string }> {
  const ref = templateRef.parse(raw)
  return writeTemplate(ctx, ref, 'portal.template_saved', async (tx, before) => {
    const body = builtIn ?? before.published
    if (body === null) throw new AppError('conflict', { publicMessage: 'This was never published, so there is no other text to go back to.' })
    const { updatedAt } = await tx.portalTemplate.update({ where: { id: before.id }, data: { draft: body, draftAt: ctx.now, ...versionOf(ctx, before) } })
    return { result: { updatedAt, body }, before: { draftLength: before.draft?.length ?? null }, after: { draftLength: body.length, resetTo: builtIn === null ? 'published' : 'built-in' } }
  })
}
