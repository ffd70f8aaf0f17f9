import { AppError, invalid } from '@/lib/errors'
import { layoutKeepsContent } from '@/lib/cms/layout-keeps-content'
import type { FirstVersion } from '@/lib/cms/save-draft'
import { cmsBounds, draftInput, type DraftInput } from '@/lib/cms/schema'
import { assertRoomForTexts, assertUnchanged, inTransaction, lockTemplate, recordTemplate, versionOf } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

/**
 * The text becomes what visitors see, at once and with its draft. A layout keeps `{% content %}`, or every page would
 * be empty. Its syntax has been checked by then (lib/portal/content). Throws `conflict`, `invalid`.
 */
export async function publishTemplate(ctx: Ctx, raw: DraftInput, first: FirstVersion): Promise<{ updatedAt: Date }> {
  const { body, basedOn, ...ref } = draftInput.parse(raw)
  if (ref.kind === 'layout' && !layoutKeepsContent(body)) throw invalid({ body: ['A layout needs {% content %}: that is where each page goes. Put it back, then publish.'] }, 'This layout cannot be published.')
  return inTransaction(ctx, async (tx) => {
    const before = await lockTemplate(tx, ref)
    assertUnchanged(before, basedOn)
    if (!before && (await tx.portalTemplate.count()) >= cmsBounds.templatesMax) throw new AppError('conflict', { publicMessage: `A portal has at most ${cmsBounds.templatesMax} templates.` })
    await assertRoomForTexts(tx, before, { draft: body, published: body })
    const version = { draft: body, published: body, draftAt: ctx.now, publishedAt: ctx.now, ...versionOf(ctx, before) }
    const after = before
      ? await tx.portalTemplate.update({ where: { id: before.id }, data: version })
      : await tx.portalTemplate.create({ data: { tenantId: ctx.tenant.id, ...ref, ...first, ...version } })
    await recordTemplate(tx, ctx, 'portal.template_published', after, { publishedLength: before?.published?.length ?? null }, { publishedLength: body.length })
    return { updatedAt: after.updatedAt }
  })
}
