import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Callout } from '@/components/ui/callout'
import { requireAdminTenant } from '@/lib/request/require-admin'
import { AuthCard } from '../_components/auth-card'
import { SignInForm } from './_components/sign-in-form'

export const metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { signedIn } = await requireAdminTenant()
  if (signedIn) redirect('/')
  const { return_to: returnTo, reset } = await searchParams
  return (
    <>
      {reset === 'done' && (
        <Callout kind="success" className="mb-4">
          Your password is changed. Sign in with the new one.
        </Callout>
      )}
      <AuthCard title="Sign in" description="To the dashboard of your APIs." footer={<Link href="/forgot-password" className="link">Forgot your password?</Link>}>
        <SignInForm returnTo={typeof returnTo === 'string' ? returnTo : undefined} />
      </AuthCard>
    </>
  )
}
