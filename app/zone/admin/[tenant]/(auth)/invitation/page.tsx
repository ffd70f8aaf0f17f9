import Link from 'next/link'
import { findInvitation } from '@/lib/tenants/invite-member'
import { AuthCard } from '../_components/auth-card'
import { readVisitor } from '../_components/visitor'
import { InvitationForm } from './_components/invitation-form'

export const metadata = { title: 'Invitation' }

export default async function InvitationPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { token } = await searchParams
  const ctx = await readVisitor()
  const invited = typeof token === 'string' ? await findInvitation(ctx, token) : null
  if (!invited || typeof token !== 'string')
    return (
      <AuthCard
        title="This invitation no longer works"
        description="It was used already, or is too old. Ask a colleague to invite you again."
        footer={<Link href="/sign-in" className="link">Go to sign-in</Link>}
      />
    )
  return (
    <AuthCard title={`Join ${ctx.tenant.name}`} description={<>You sign in with {invited.email}.</>}>
      <InvitationForm token={token} name={invited.name} email={invited.email} />
    </AuthCard>
  )
}
