import { toCsv } from '@/components/ui/csv'
import { recordAudit } from '@/lib/events/record-audit'
import { usageSeries } from '@/lib/metering/usage-series'
import { getProduct, listMetrics } from '@/lib/products/queries'
import { adminRoute } from '@/lib/request/admin-route'
import { idInput } from '@/lib/tenants/id-input'
import { spanOf, usageQuery } from '../_query'

/** The figures of the page as a spreadsheet: a row for each hour, day or month, a column for each metric and method. */
export const GET = adminRoute({ can: 'analytics', input: usageQuery.extend({ product: idInput }) }, async (ctx, { product: productId, by, env: environment, application: applicationId }) => {
  const [product, metrics] = await Promise.all([getProduct(ctx, productId), listMetrics(ctx, productId)])
  const usage = await usageSeries(ctx, { productId, environment, applicationId, metricIds: metrics.map(({ id }) => BigInt(id)), granularity: by, ...spanOf(by, ctx.now) })
  await recordAudit(ctx.db, ctx.audit, { action: 'product.usage_exported', object: { kind: 'product', id: productId, name: product.name }, after: { by, environment, applicationId: applicationId ?? null } })
  const rows = usage.startsAt.map((at, index) => [new Date(at), ...usage.series.map(({ values }) => values[index]!)])
  const name = `${product.systemName}-usage-by-${by}-${environment}-${ctx.now.toISOString().slice(0, 10)}.csv`
  return new Response(`\ufeff${toCsv([`${by} from`, ...metrics.map((metric) => metric.name)], rows)}`, {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'private, no-store' },
  })
})
