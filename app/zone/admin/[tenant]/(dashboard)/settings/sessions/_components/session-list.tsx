'use client'

import { LogOut, Monitor, Smartphone } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import { endOtherSessionsAction, endSessionAction } from '../actions'

type Session = { id: number; address: string; browser: string; userAgent: string; createdAt: Date; lastSeenAt: Date; current: boolean }

export function SessionList({ sessions, timeZone }: { sessions: Session[]; timeZone: string }) {
  return (
    <Card title="Signed in" flush>
      <ul className="divide-y divide-line">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} timeZone={timeZone} />
        ))}
      </ul>
    </Card>
  )
}

function SessionRow({ session, timeZone }: { session: Session; timeZone: string }) {
  const end = useAction(endSessionAction, { success: 'Session ended' })
  const Icon = /iOS|Android/.test(session.browser) ? Smartphone : Monitor
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <Icon aria-hidden className="size-5 shrink-0 text-text-3" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5" title={session.userAgent}>
          <span className="font-semibold">{session.browser}</span>
          {session.current && <Badge tone="good">This one</Badge>}
        </p>
        <p className="text-text-2">
          {session.address && <span className="font-mono text-[13px]">{session.address}</span>}
          {session.address && ' · '}
          {session.current ? 'active now' : <>last seen <RelativeTime at={session.lastSeenAt} timeZone={timeZone} /></>}
        </p>
        <p className="text-xs text-text-3">
          Signed in <RelativeTime at={session.createdAt} timeZone={timeZone} />
        </p>
      </div>
      {!session.current && (
        <Button size="sm" pending={end.pending} aria-label={`End the session of ${session.browser}`} onClick={() => end.run({ sessionId: session.id })}>
          End
        </Button>
      )}
    </li>
  )
}

export function EndOthers({ count }: { count: number }) {
  const end = useAction(endOtherSessionsAction, { success: 'Signed out everywhere else' })
  return (
    <ConfirmDialog
      danger={false}
      title="Sign out everywhere else?"
      confirmLabel="Sign out everywhere else"
      onConfirm={() => end.run({})}
      trigger={<Button icon={<LogOut aria-hidden />}>Sign out everywhere else</Button>}
    >
      {count === 1 ? 'Your other session ends' : `Your ${count} other sessions end`} with the next click there. This one stays.
    </ConfirmDialog>
  )
}
