import { recordAudit } from '@/lib/events/record-audit'
import { logger } from '@/lib/logger'
import { perProcess } from '@/lib/per-process'
import type { Visit } from '@/lib/portal/portal-route'
import type { Ctx } from '@/lib/tenants/context'

/** Template as `pages/login/new`; `line` is null where the renderer cannot tell. */
export type TemplateProblem = { template: string; line: number | null; reason: string; path: string; at: Date }

const ACTION = 'portal.template_failed'
// A broken page that many visit is one piece of news, not thousands of rows.
const SAID_AGAIN_MS = 10 * 60_000
const SAID_MAX = 1_000

/** Tells the tenant that a template does not render: in the log, and in the audit entries, which Content reads. */
export async function noteTemplateProblem({ ctx }: Visit, path: string, { template, line, reason }: { template: string; line: number | null; reason: string }): Promise<void> {
  logger.warn({ tenantId: Number(ctx.tenant.id), template, line, reason, path }, 'a template of a portal could not be rendered')
  const said = perProcess('templateProblemsSaid', () => new Map<string, number>())
  const key = `${ctx.tenant.id} ${template} ${line} ${reason}`
  const now = ctx.now.getTime()
  if (now - (said.get(key) ?? 0) < SAID_AGAIN_MS) return
  if (said.size >= SAID_MAX) said.clear()
  said.set(key, now)
  const origin = { ...ctx.audit, actor: { kind: 'system', id: null, name: 'Portal' } }
  await recordAudit(ctx.db, origin, { action: ACTION, object: { kind: 'template', id: template, name: template }, after: { line, reason: reason.slice(0, 500), path: path.slice(0, 300) } })
}

/** What failed lately, the latest first; one entry a template. `since` a template was changed its older troubles say nothing. */
export async function listTemplateProblems(ctx: Pick<Ctx, 'db'>, { since }: { since?: Date } = {}): Promise<TemplateProblem[]> {
  const rows = await ctx.db.auditEntry.findMany({ where: { action: ACTION, ...(since && { createdAt: { gt: since } }) }, orderBy: { id: 'desc' }, take: 200, select: { objectName: true, after: true, createdAt: true } })
  const latest = new Map<string, TemplateProblem>()
  for (const { objectName, after, createdAt } of rows) {
    const template = objectName ?? ''
    const { line, reason, path } = (after ?? {}) as { line?: number | null; reason?: string; path?: string }
    if (!latest.has(template)) latest.set(template, { template, line: line ?? null, reason: reason ?? '', path: path ?? '', at: createdAt })
  }
  return [...latest.values()]
}
