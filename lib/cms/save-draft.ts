import { AppError } from '@/lib/errors'
import { cmsBounds, draftInput, type DraftInput } from '@/lib/cms/schema'
import { assertRoomForTexts, assertUnchanged, inTransaction, lockTemplate, recordTemplate, versionOf } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

/** What a row takes that does not exist yet: the tenant's first version of a built-in template. */
export type FirstVersion = { title: string; layoutName: string | null }

/**
 * Keeps the text as the draft; visitors see nothing of it. The first draft of a built-in template makes its row.
 * `basedOn` is the version it began from. Throws `conflict` when there is a newer one, `invalid`.
 */
export async function saveDraft(ctx: Ctx, raw: DraftInput, first: FirstVersion): Promise<{ updatedAt: Date }> {
  const { body, basedOn, ...ref } = draftInput.parse(raw)
  return inTransaction(ctx, async (tx) => {
    const before = await lockTemplate(tx, ref)
    assertUnchanged(before, basedOn)
    if (!before && (await tx.portalTemplate.count()) >= cmsBounds.templatesMax) throw new AppError('conflict', { publicMessage: `A portal has at most ${cmsBounds.templatesMax} templates.` })
    await assertRoomForTexts(tx, before, { draft: body })
    const version = { draft: body, draftAt: ctx.now, ...versionOf(ctx, before) }
    const after = before
      ? await tx.portalTemplate.update({ where: { id: before.id }, data: version })
      : await tx.portalTemplate.create({ data: { tenantId: ctx.tenant.id, ...ref, ...first, ...version } })
    await recordTemplate(tx, ctx, 'portal.template_saved', after, { draftLength: before?.draft?.length ?? null }, { draftLength: body.length })
    return { updatedAt: after.updatedAt }
  })
}
