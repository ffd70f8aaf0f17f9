import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { listAllFields } from '@/lib/fields/queries'
import { requireAdmin } from '@/lib/request/require-admin'
import { NewAccount } from '../_components/new-account'

export const metadata: Metadata = { title: 'New account' }

export default async function NewAccountPage() {
  const ctx = await requireAdmin('partners')
  const { account, user } = await listAllFields(ctx)
  return (
    <>
      <PageHeader title="New account" description="A partner company and its first developer. It is approved at once." />
      <NewAccount fields={{ account, user }} />
    </>
  )
}
