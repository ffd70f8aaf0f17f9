import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Callout } from '@/components/ui/callout'
import { safeReturnTo } from '@/lib/http/safe-return-to'
import { requireAdminTenant } from '@/lib/request/require-admin'
import { AuthCard } from '../_components/auth-card'
import { SignInForm } from './_components/sign-in-form'

export const metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { signedIn } = await requireAdminTenant()
  const { return_to: returnTo, reset } = await searchParams
  // Only the path counts here: any origin will do to tell a path of ours from another site's (RED-1).
  if (signedIn) redirect(safeReturnTo(returnTo, 'http://here'))
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
