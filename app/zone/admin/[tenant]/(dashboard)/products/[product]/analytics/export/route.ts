import { z } from 'zod'
import { toCsv } from '@/components/ui/csv'
import { analyticsCsv, csvTables } from '@/lib/analytics/analytics-csv'
import { spanOf } from '@/lib/analytics/period'
import { recordAudit } from '@/lib/events/record-audit'
import { getProduct } from '@/lib/products/queries'
import { adminRoute } from '@/lib/request/admin-route'
import { idInput } from '@/lib/tenants/id-input'
import { analyticsQuery } from '../_query'

const input = analyticsQuery.extend({ product: idInput, table: z.enum(csvTables).catch('series').default('series') })

/** Each list and line of the page as a spreadsheet, whole: all applications, not the hundred busiest. */
export const GET = adminRoute({ can: 'analytics', input }, async (ctx, { product: productId, table, env: environment, metric, application, account, ...choice }) => {
  const product = await getProduct(ctx, productId)
  const span = spanOf(choice, ctx.now, ctx.tenant.timezone)
  const { header, rows } = await analyticsCsv(ctx, table, { productId, environment, metricId: metric, applicationId: application, accountId: account }, span)
  await recordAudit(ctx.db, ctx.audit, {
    action: 'product.usage_exported',
    object: { kind: 'product', id: productId, name: product.name },
    after: { table, from: span.from.toISOString(), to: span.to.toISOString(), by: span.granularity, environment, applicationId: application?.toString() ?? null },
  })
  const name = `${product.systemName}-${table}-${span.period}-${environment}-${ctx.now.toISOString().slice(0, 10)}.csv`
  return new Response(`\ufeff${toCsv(header, rows)}`, {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'private, no-store' },
  })
})
