import type { PortalTemplate } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid } from '@/lib/errors'
import { cmsBounds, type TemplateKind } from '@/lib/cms/schema'
import { assertRoomForTexts, inTransaction, recordTemplate, versionOf } from '@/lib/cms/write-template'
import type { Ctx } from '@/lib/tenants/context'

type NewTemplate = { kind: TemplateKind; systemName: string; title: string; path?: string; layoutName: string | null; contentType?: string; draft: string }

/** A template of the tenant's own as a draft: nobody sees it before it is published. `describe` runs in the transaction. */
export async function createTemplate(ctx: Ctx, describe: (tx: TenantTx, taken: ReadonlySet<string>) => Promise<NewTemplate>, kind: TemplateKind): Promise<PortalTemplate> {
  return inTransaction(ctx, async (tx) => {
    if ((await tx.portalTemplate.count()) >= cmsBounds.templatesMax) throw new AppError('conflict', { publicMessage: `A portal has at most ${cmsBounds.templatesMax} templates. Delete one first.` })
    const others = await tx.portalTemplate.findMany({ where: { kind }, select: { systemName: true } })
    const described = await describe(tx, new Set(others.map(({ systemName }) => systemName)))
    await assertRoomForTexts(tx, null, described)
    const template = await tx.portalTemplate.create({ data: { tenantId: ctx.tenant.id, ...described, draftAt: ctx.now, ...versionOf(ctx, null) } })
    await recordTemplate(tx, ctx, 'portal.template_saved', template, undefined, { kind, systemName: template.systemName, path: template.path })
    return template
  })
}

/** Throws `invalid` where the name is one of the built-in ones or taken by the tenant itself. */
export function assertNameFree(kind: 'layout' | 'partial', systemName: string, taken: ReadonlySet<string>, builtIn: readonly string[]): void {
  if (builtIn.includes(systemName)) throw invalid({ systemName: [`There is a built-in ${kind} of this name. Open it in the list and publish your version of it.`] })
  if (taken.has(systemName)) throw invalid({ systemName: [`You have a ${kind} of this name already.`] })
}
