import { instant, OWN_TENANT, WITHOUT_TEST_APPLICATIONS } from '@/lib/metering/usage-within'
import type { Environment } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** Calls of a product in the last 24 hours, however they ended. */
export type ProductActivity = {
  productId: number
  calls: number
  /** Refused by us: keys, rules, limits. */
  refusals: number
  /** Answered 5xx, by the upstream or in its place. */
  failures: number
  /** Mean time to answer, null without calls. */
  averageMs: number | null
  /** Calls by hour, oldest first, the present hour last. */
  series: number[]
}

const HOUR_MS = 3_600_000
const HOURS = 24

/** What happened at each product that was called in the last 24 hours; the test application left out. */
export async function listProductActivity(ctx: Pick<Ctx, 'db' | 'now'>, { environment = 'production', productId }: { environment?: Environment; productId?: bigint } = {}): Promise<ProductActivity[]> {
  const first = Math.floor(ctx.now.getTime() / HOUR_MS) * HOUR_MS - (HOURS - 1) * HOUR_MS
  const rows = await ctx.db.$queryRaw<{ product: number; hour: number; kind: 'refused' | 'failed' | 'answered'; calls: number; ms: number }[]>`
    SELECT u."productId"::float8 AS product, floor((extract(epoch FROM u."bucketAt")::float8 * 1000 - ${first}::float8) / 3600000)::int4 AS hour,
      CASE WHEN u.outcome ~ '^(5xx|upstream_.*|internal_error)$' THEN 'failed' WHEN u.outcome ~ '^([1-4]xx|client_gone)$' THEN 'answered' ELSE 'refused' END AS kind,
      sum(u.calls)::float8 AS calls, sum(u."durationMsSum")::float8 AS ms
    FROM call_buckets AS u
    WHERE ${OWN_TENANT} AND u.environment = ${environment} AND ${WITHOUT_TEST_APPLICATIONS} AND u."bucketAt" >= ${instant(first)} AND u."bucketAt" < ${instant(first + HOURS * HOUR_MS)}
      AND (${productId ?? null}::int8 IS NULL OR u."productId" = ${productId ?? null}::int8)
    GROUP BY 1, 2, 3`
  const activities = new Map<number, ProductActivity & { ms: number }>()
  for (const { product, hour, kind, calls, ms } of rows) {
    let activity = activities.get(product)
    if (!activity) activities.set(product, (activity = { productId: product, calls: 0, refusals: 0, failures: 0, averageMs: null, series: Array<number>(HOURS).fill(0), ms: 0 }))
    activity.calls += calls
    if (kind === 'refused') activity.refusals += calls
    if (kind === 'failed') activity.failures += calls
    activity.series[hour]! += calls
    activity.ms += ms
  }
  return [...activities.values()].map(({ ms, ...activity }) => ({ ...activity, averageMs: Math.round(ms / activity.calls) }))
}
