import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { listMappingRules, listMetrics } from '@/lib/products/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { NewRule } from './_components/new-rule'
import { RuleList } from './_components/rule-list'
import { TestPath } from './_components/test-path'

export const metadata: Metadata = { title: 'Mapping rules' }

export default async function MappingRulesPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('products')
  const productId = pathId((await params).product)
  const [rules, metrics] = await Promise.all([pageData(listMappingRules(ctx, productId)), pageData(listMetrics(ctx, productId))])
  const choices = metrics.map(({ id, name, parentId }) => ({ id, name, isMethod: parentId !== null }))
  return (
    <>
      <PageHeader
        title="Mapping rules"
        description="Which requests count for which method. All rules that match count, from top to bottom, until one that says it is the last."
        action={<NewRule productId={Number(productId)} metrics={choices} />}
      />
      <TestPath productId={Number(productId)} />
      <RuleList productId={Number(productId)} rules={rules} metrics={choices} />
    </>
  )
}
