import Link from 'next/link'
import { requireAdminTenant } from '@/lib/request/require-admin'
import { AuthCard } from '../_components/auth-card'
import { ResetPasswordForm } from './_components/reset-password-form'

export const metadata = { title: 'New password' }

export default async function ResetPasswordPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  await requireAdminTenant()
  const { token } = await searchParams
  if (typeof token !== 'string')
    return <AuthCard title="This link is not complete" description="Open the link from the mail again, or ask for a new one." footer={<Link href="/forgot-password" className="link">Ask for a new link</Link>} />
  return (
    <AuthCard title="Choose a new password" description="You are then signed out everywhere and sign in anew." footer={<Link href="/forgot-password" className="link">Ask for a new link</Link>}>
      <ResetPasswordForm token={token} />
    </AuthCard>
  )
}
