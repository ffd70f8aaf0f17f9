import { AppError } from '@/lib/errors'
import { templateSettingsInput, type TemplateSettingsInput } from '@/lib/cms/schema'
import { assertPathFree, assertUnchanged, versionOf, writeTemplate } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Title, path, layout, content type and whether Liquid reads it; in force at once. A version of a built-in page keeps
 * the page's place, so only its layout changes. Throws `not_found`, `conflict`, `invalid`.
 */
export async function editTemplate(ctx: Ctx, raw: TemplateSettingsInput): Promise<{ updatedAt: Date }> {
  const { kind, systemName, basedOn, ...edit } = templateSettingsInput.parse(raw)
  return writeTemplate(ctx, { kind, systemName }, 'portal.template_saved', async (tx, before) => {
    assertUnchanged(before, basedOn)
    const ownPage = before.kind === 'page' && before.path !== null
    if (!ownPage && (edit.path !== undefined || edit.contentType !== undefined || edit.liquid !== undefined)) throw new AppError('conflict', { publicMessage: 'Path and type belong to pages of your own.' })
    if (edit.path !== undefined && edit.path !== before.path) await assertPathFree(tx, edit.path, { templateId: before.id })
    const { updatedAt } = await tx.portalTemplate.update({ where: { id: before.id }, data: { ...edit, ...versionOf(ctx, before) } })
    const changed = (Object.keys(edit) as (keyof typeof edit)[]).filter((key) => edit[key] !== undefined && edit[key] !== before[key])
    const pick = (from: Partial<Record<string, unknown>>) => Object.fromEntries(changed.map((key) => [key, from[key]]))
    return { result: { updatedAt }, before: pick(before), after: pick(edit) }
  })
}
