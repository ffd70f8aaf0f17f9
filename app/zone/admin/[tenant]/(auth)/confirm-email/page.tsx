import Link from 'next/link'
import { requireAdminTenant } from '@/lib/request/require-admin'
import { AuthCard } from '../_components/auth-card'
import { ConfirmEmail } from './_components/confirm-email'

export const metadata = { title: 'Confirm your e-mail' }

/** The link itself changes nothing: mail programs open links to look at them. The person presses the button. */
export default async function ConfirmEmailPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { tenant } = await requireAdminTenant()
  const { token } = await searchParams
  if (typeof token !== 'string')
    return <AuthCard title="This link is not complete" description="Open the link from the mail again." footer={<Link href="/sign-in" className="link">Go to sign-in</Link>} />
  return <ConfirmEmail token={token} tenantName={tenant.name} />
}
