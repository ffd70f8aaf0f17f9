import { requireAdminTenant } from '@/lib/request/require-admin'
import { mailboxUrl } from '@/lib/mail/mailbox-url'
import { ForgotPassword } from './_components/forgot-password'

export const metadata = { title: 'Forgot your password' }

export default async function ForgotPasswordPage() {
  await requireAdminTenant()
  return <ForgotPassword mailboxUrl={mailboxUrl()} />
}
