import { AppError, notFound } from '@/lib/errors'
import { makePreviewToken } from '@/lib/cms/preview-token'
import type { TemplateKind } from '@/lib/cms/schema'
import { getContent } from '@/lib/portal/content/list-content'
import { previewPathOf } from '@/lib/portal/content/built-in-place'
import type { Ctx } from '@/lib/tenants/context'
import { portalUrlOf } from '@/lib/tenants/portal-url'

export type PreviewPerson = { developerId: bigint; name: string; account: string }

/**
 * Whom a draft may be looked at as: the latest developers of approved accounts, those with an application first. What
 * they see is theirs, keys included, so it takes the permission to look after partners; without it there is nobody.
 */
export async function listPreviewPeople(ctx: Ctx): Promise<PreviewPerson[]> {
  if (!ctx.permissions.has('partners')) return []
  const developers = await ctx.db.developer.findMany({
    where: { state: 'active', account: { state: 'approved' } },
    select: { id: true, firstName: true, lastName: true, email: true, account: { select: { orgName: true, _count: { select: { applications: true } } } } },
    orderBy: { id: 'desc' },
    take: 5,
  })
  return developers
    .sort((one, other) => Number(other.account._count.applications > 0) - Number(one.account._count.applications > 0))
    .map(({ id, firstName, lastName, email, account }) => ({ developerId: id, name: [firstName, lastName].filter(Boolean).join(' ') || email, account: account.orgName }))
}

/**
 * A link that shows the draft on the portal for ten minutes (CSP-2), to a visitor or as a developer sees it. Pages behind
 * the sign-in are shown as the latest developer where none is named. Throws `not_found`, `conflict` where there is
 * nothing to be seen, `forbidden` for a developer without the permission `partners`.
 */
export async function makePreviewLink(ctx: Ctx, { kind, systemName, developerId = null }: { kind: TemplateKind; systemName: string; developerId?: bigint | null }): Promise<{ url: string }> {
  const { path } = await getContent(ctx, kind, systemName)
  if (developerId !== null && !ctx.permissions.has('partners')) throw new AppError('forbidden', { publicMessage: 'To see the portal as a partner you need the permission for partners.' })
  if (developerId !== null && !(await ctx.db.developer.findUnique({ where: { id: developerId }, select: { id: true } }))) throw notFound()
  const place = previewPathOf(kind, systemName, path)
  const ofApplication = kind === 'page' && place === null && Object.hasOwn(applicationPages, systemName) ? applicationPages[systemName]! : null
  if (place === null && ofApplication === null) throw new AppError('conflict', { publicMessage: 'This one has no place of its own on the portal, so it cannot be opened by itself.' })
  const needsPartner = ofApplication !== null || /^\/(admin|buyer)(\/|$)/.test(place ?? '')
  const viewer = developerId ?? (needsPartner ? ((await listPreviewPeople(ctx))[0]?.developerId ?? null) : null)
  if (needsPartner && !ctx.permissions.has('partners')) throw new AppError('forbidden', { publicMessage: 'Only partners see this page, and to see it as one of them you need the permission for partners.' })
  if (needsPartner && viewer === null) throw new AppError('conflict', { publicMessage: 'Only partners see this page, and nobody has signed up yet. Add an account with a developer first.' })
  const at = ofApplication !== null ? await applicationPath(ctx, viewer!, ofApplication) : place!
  const url = new URL(at, await portalUrlOf(ctx.tenant))
  url.searchParams.set('preview', makePreviewToken(ctx, { developerId: viewer }))
  return { url: url.href }
}

/** Built-in pages about one application, and what follows its address. */
const applicationPages: Record<string, string> = { 'applications/show': '', 'applications/edit': '/edit', 'applications/alerts/index': '/alerts' }

async function applicationPath(ctx: Ctx, developerId: bigint, rest: string): Promise<string> {
  const application = await ctx.db.application.findFirst({ where: { kind: 'partner', account: { developers: { some: { id: developerId } } } }, select: { id: true }, orderBy: { id: 'desc' } })
  if (!application) throw new AppError('conflict', { publicMessage: 'This page shows one application, and this partner has none yet.' })
  return `/admin/applications/${application.id}${rest}`
}
