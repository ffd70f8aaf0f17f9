import { BellRing } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { exactNumber } from '@/components/ui/format'
import { PageHeader } from '@/components/ui/page-header'
import { describeAlert, listLimitAlerts, type AlertListInput, type LimitAlertDto } from '@/lib/analytics/limit-alerts'
import { periods } from '@/lib/metering/periods'
import { listProducts } from '@/lib/products/queries'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { alertLevels, getPortalSettings } from '@/lib/tenants/portal-settings'
import { AlertSettings } from './_components/alert-settings'

export const metadata: Metadata = { title: 'Alerts' }

export default async function AlertsPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('analytics')
  const query = await queryOf(searchParams)
  const input = { search: query.q, level: query.level, period: query.period, productId: query.product, cursor: query.cursor } as AlertListInput
  const [{ items, nextCursor, previousCursor, total }, settings, products] = await Promise.all([listLimitAlerts(ctx, input), getPortalSettings(ctx), listProducts(ctx)])
  const mayPartners = ctx.permissions.has('partners')
  return (
    <>
      <PageHeader title="Alerts" description="Partners who come close to their limits in production, or use them up. A good moment to offer a bigger plan." />
      <div className="flex flex-col gap-6">
        <AlertSettings
          key={settings.alertLevels.join()}
          choices={alertLevels}
          levels={settings.alertLevels}
          developers={settings.alertDevelopers}
          members={settings.alertMembers}
          editable={ctx.permissions.has('portal')}
        />
        <DataTable
          label="alerts"
          title="Reached"
          search="Search by application or account"
          rows={items.map((alert) => ({
            id: alert.id,
            href: mayPartners ? `/applications/${alert.application.id}` : undefined,
            application: alert.application.name,
            account: mayPartners ? (
              <Link href={`/accounts/${alert.account.id}`} className="link">
                {alert.account.name}
              </Link>
            ) : (
              alert.account.name
            ),
            accountName: alert.account.name,
            product: alert.product.name,
            level: <LevelTag level={alert.level} />,
            levelWord: `${alert.level} %`,
            limit: describeAlert(alert),
            used: usedWords(alert),
            at: alert.createdAt,
          }))}
          columns={[
            { key: 'application', header: 'Application', sortable: false },
            { key: 'account', header: 'Account', kind: 'node', valueKey: 'accountName', sortable: false, hideOnPhone: true },
            ...(products.length > 1 ? [{ key: 'product', header: 'Product', sortable: false, hideOnPhone: true } as const] : []),
            { key: 'level', header: 'Level', kind: 'node', valueKey: 'levelWord', sortable: false },
            { key: 'limit', header: 'Limit', detailKey: 'used', sortable: false, hideOnPhone: true },
            { key: 'at', header: 'When', kind: 'time', sortable: false },
          ]}
          filters={[
            { key: 'level', label: 'Level', options: alertLevels.map((level) => ({ value: String(level), label: `${level} %` })) },
            { key: 'period', label: 'Period', options: periods.map((period) => ({ value: period, label: period[0]!.toUpperCase() + period.slice(1) })) },
            ...(products.length > 1 ? [{ key: 'product', label: 'Product', options: products.map(({ id, name }) => ({ value: String(id), label: name })) }] : []),
          ]}
          exportName="alerts"
          server={{ next: nextCursor, previous: previousCursor, total }}
          empty={
            <EmptyState icon={<BellRing />} title="No limit has come close">
              {settings.alertLevels.length === 0 ? 'No level is ticked above, so nothing is told.' : `When an application reaches ${settings.alertLevels.map((level) => `${level} %`).join(' or ')} of a limit, it shows here within seconds.`}
            </EmptyState>
          }
        />
      </div>
    </>
  )
}

const usedWords = ({ value, limit }: LimitAlertDto) => `${exactNumber(value)} of ${exactNumber(limit)} when it was seen`

function LevelTag({ level }: { level: number }) {
  return (
    <Badge tone={level >= 100 ? 'bad' : level >= 80 ? 'warn' : 'neutral'}>
      {level} %{level >= 100 && <span className="sr-only"> and more: calls are refused</span>}
    </Badge>
  )
}
