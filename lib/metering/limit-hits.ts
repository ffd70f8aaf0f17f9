import { instant, OWN_TENANT } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

export type LimitHit = { applicationId: number; name: string; accountName: string; planName: string | null; refusals: number }

const DAY_MS = 86_400_000

/** Partners' applications that ran into a limit in production in the last 24 hours, the most refused first. */
export async function listLimitHits(ctx: Pick<Ctx, 'db' | 'now'>, { limit = 5 }: { limit?: number } = {}): Promise<LimitHit[]> {
  return ctx.db.$queryRaw<LimitHit[]>`
    SELECT a.id::float8 AS "applicationId", a.name, c."orgName" AS "accountName", p.name AS "planName", sum(u.calls)::float8 AS refusals
    FROM call_buckets AS u
    JOIN applications AS a ON a.id = u."applicationId" AND a.kind = 'partner'
    JOIN accounts AS c ON c.id = a."accountId"
    LEFT JOIN plans AS p ON p.id = a."planId"
    WHERE ${OWN_TENANT} AND u.environment = 'production' AND u.outcome = 'limits_exceeded' AND u."bucketAt" >= ${instant(ctx.now.getTime() - DAY_MS)}
    GROUP BY a.id, c.id, p.id ORDER BY refusals DESC, a.id LIMIT ${limit}`
}
