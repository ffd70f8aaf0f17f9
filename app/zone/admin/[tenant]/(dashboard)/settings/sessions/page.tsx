import type { Metadata } from 'next'
import { forbidden } from 'next/navigation'
import { PageHeader } from '@/components/ui/page-header'
import { toPlain } from '@/lib/request/plain'
import { requireAdmin } from '@/lib/request/require-admin'
import { nameBrowser } from '@/lib/tenants/name-browser'
import { listMemberSessions } from '@/lib/tenants/sessions'
import { ChangePassword } from './_components/change-password'
import { EndOthers, SessionList } from './_components/session-list'

export const metadata: Metadata = { title: 'Sessions' }

export default async function SessionsPage() {
  const { tenant, actor, now } = await requireAdmin()
  if (actor.kind !== 'member') forbidden()
  const sessions = toPlain(await listMemberSessions(tenant.id, actor.id, actor.sessionId, now))
  return (
    <>
      <PageHeader
        title="Sessions"
        description="Where you are signed in, and the password you sign in with. A session ends by itself after twelve idle hours."
        action={sessions.length > 1 ? <EndOthers count={sessions.length - 1} /> : undefined}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <SessionList
          timeZone={tenant.timezone}
          sessions={sessions.map(({ id, address, userAgent, createdAt, lastSeenAt, current }) => ({ id, address, browser: nameBrowser(userAgent), userAgent, createdAt, lastSeenAt, current }))}
        />
        <ChangePassword email={actor.email} />
      </div>
    </>
  )
}
