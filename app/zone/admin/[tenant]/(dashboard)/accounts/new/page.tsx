import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { requireAdmin } from '@/lib/request/require-admin'
import { NewAccount } from '../_components/new-account'

export const metadata: Metadata = { title: 'New account' }

export default async function NewAccountPage() {
  await requireAdmin('partners')
  return (
    <>
      <PageHeader title="New account" description="A partner company and its first developer. It is approved at once." />
      <NewAccount />
    </>
  )
}
