import { readPreviewToken } from '@/lib/cms/preview-token'
import { AppError } from '@/lib/errors'
import { escapeHtml } from '@/lib/portal/plain-page'
import type { PortalRequest, Visit } from '@/lib/portal/portal-route'
import type { Ctx } from '@/lib/tenants/context'

/** A visit by a preview link sees drafts and changes nothing (CSP-2); everybody else's visit stays what it was. */
export async function openPreview(visit: Visit, request: PortalRequest): Promise<Visit> {
  const token = request.query.get('preview')
  if (token === null) return visit
  if (request.method !== 'GET') throw new AppError('forbidden', { publicMessage: 'A preview only shows; nothing can be sent from it.' })
  const { ctx } = visit
  const preview = readPreviewToken(ctx.tenant.id, token, ctx.now)
  // A late link is no reason for an error page: its owner sees the portal as it is.
  if (!preview) return visit
  const shown = preview.developerId === null || !(await mayLookAsPartner(ctx, preview.memberId)) ? null : await ctx.db.developer.findFirst({ where: { id: preview.developerId, state: 'active', account: { state: 'approved' } } })
  if (!shown) return { ...visit, ctx: { ...ctx, actor: { kind: 'visitor', id: null, name: 'Preview' } }, developer: null, flash: [], preview: true }
  const { id, accountId, email } = shown
  const name = `${shown.firstName} ${shown.lastName}`.trim() || email
  // No row of a session stands behind it: no cookie, and nothing that asks for one works.
  const developer = { id, accountId, name, email, role: shown.role === 'admin' ? ('admin' as const) : ('member' as const), sessionId: 0n, stepUpAt: null }
  return { ...visit, ctx: { ...ctx, actor: { kind: 'developer', id, accountId, name, email, sessionId: 0n } }, developer, flash: [], preview: true }
}

/** ROLE-1: whoever may not see partners in the dashboard does not see one's keys by a preview. Of a member suspended meanwhile no link is good for it. */
async function mayLookAsPartner({ db }: Ctx, memberId: bigint | null): Promise<boolean> {
  if (memberId === null) return true // made by the system, which has no member
  const member = await db.member.findFirst({ where: { id: memberId, state: 'active' }, select: { role: true, permissions: true } })
  return member !== null && (member.role === 'admin' || member.permissions.includes('partners'))
}

/** Says on the page itself that it is a draft, and as whom it is shown. */
export function withPreviewBanner(visit: Visit, html: string): string {
  const who = visit.developer ? `as ${visit.developer.name} sees it` : 'as a visitor sees it'
  const banner = `<div role="status" style="position:fixed;z-index:2147483647;left:50%;bottom:1rem;transform:translateX(-50%);padding:.5rem 1rem;border-radius:999px;background:#18181b;color:#fff;font:500 14px/1.4 system-ui,sans-serif;box-shadow:0 6px 24px rgb(0 0 0/.3)">Preview of the draft, ${escapeHtml(who)}</div>`
  const end = html.toLowerCase().lastIndexOf('</body>')
  return end < 0 ? html + banner : html.slice(0, end) + banner + html.slice(end)
}
