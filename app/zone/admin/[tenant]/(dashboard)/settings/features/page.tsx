import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { requireAdmin } from '@/lib/request/require-admin'
import { FeatureList } from './_components/feature-list'

export const metadata: Metadata = { title: 'Features' }

export default async function FeaturesPage() {
  const { tenant } = await requireAdmin('settings')
  return (
    <>
      <PageHeader title="Features" description="Parts you can switch on when you need them. Off hides the screens; what you made stays." />
      <FeatureList endUserPlans={tenant.features.endUserPlans === true} />
    </>
  )
}
