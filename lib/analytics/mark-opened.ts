import type { Ctx } from '@/lib/tenants/context'

/** Notes the first time somebody reads the analytics: the checklist on Home ticks itself by it. A later look writes nothing. */
export async function markAnalyticsOpened(ctx: Pick<Ctx, 'db' | 'tenant' | 'now'>): Promise<void> {
  await ctx.db.$executeRaw`
    UPDATE tenants SET progress = progress || jsonb_build_object('analyticsOpenedAt', ${ctx.now.toISOString()}::text)
    WHERE id = ${ctx.tenant.id} AND progress->>'analyticsOpenedAt' IS NULL`
}
