import { AppError } from '@/lib/errors'
import { templateRef, type TemplateRef } from '@/lib/cms/schema'
import { versionOf, writeTemplate } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

/** A page of the tenant's own is seen by nobody until it is published again; its text stays as the draft. Throws `not_found`, `conflict`. */
export async function hidePage(ctx: Ctx, raw: TemplateRef): Promise<{ updatedAt: Date }> {
  const ref = templateRef.parse(raw)
  return writeTemplate(ctx, ref, 'portal.template_saved', async (tx, before) => {
    if (before.kind !== 'page' || before.path === null) throw new AppError('conflict', { publicMessage: 'Only pages of your own can be hidden. Remove your version to return to the built-in one.' })
    const { updatedAt } = await tx.portalTemplate.update({ where: { id: before.id }, data: { published: null, draft: before.draft ?? before.published, ...versionOf(ctx, before) } })
    return { result: { updatedAt }, before: { published: before.published !== null }, after: { published: false } }
  })
}
