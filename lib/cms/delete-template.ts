import { AppError } from '@/lib/errors'
import { templateRef, type TemplateRef } from '@/lib/cms/schema'
import { writeTemplate } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Removes the tenant's template: one of its own is gone, a version of a built-in one gives way to the built-in text
 * (`isBuiltIn`). A layout of one's own that pages stand in stays. Throws `not_found`, `in_use`.
 */
export async function deleteTemplate(ctx: Ctx, raw: TemplateRef, { isBuiltIn }: { isBuiltIn: boolean }): Promise<void> {
  const ref = templateRef.parse(raw)
  await writeTemplate(ctx, ref, 'portal.template_deleted', async (tx, template) => {
    if (template.kind === 'layout' && !isBuiltIn) {
      const users = await tx.portalTemplate.findMany({ where: { layoutName: template.systemName, kind: 'page' }, select: { title: true }, orderBy: { title: 'asc' }, take: 4 })
      if (users.length > 0) {
        const names = users.slice(0, 3).map(({ title }) => `“${title}”`).join(', ')
        throw new AppError('in_use', { publicMessage: `${names}${users.length > 3 ? ' and others use' : users.length > 1 ? ' use' : ' uses'} this layout. Give them another one, then delete it.` })
      }
    }
    await tx.portalTemplate.delete({ where: { id: template.id } })
    return { result: undefined, before: { title: template.title, path: template.path, published: template.published !== null } }
  })
}
