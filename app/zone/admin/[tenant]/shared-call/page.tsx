import type { Metadata } from 'next'
import { Link2Off } from 'lucide-react'
import { CallAsCurl, CallView } from '@/components/calls/call-view'
import { LogoMark } from '@/components/shell/logo'
import { ThemeToggle } from '@/components/shell/theme-toggle'
import { EmptyState } from '@/components/ui/empty-state'
import { exactTime } from '@/components/ui/format'
import { callAsCurl } from '@/lib/calls/call-as-curl'
import { findSharedCall } from '@/lib/calls/share-call'
import { explainCall } from '@/lib/gateway/explain-call'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { readVisitor } from '../(auth)/_components/visitor'

// Whoever holds the link may look; no search engine, and no page this one links to, learns of it.
export const metadata: Metadata = { title: 'A shared call', robots: { index: false, follow: false }, referrer: 'no-referrer' }

export default async function SharedCallPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await readVisitor()
  const { token = '' } = await queryOf(searchParams)
  const shared = await findSharedCall(ctx, token)
  if (!shared)
    return (
      <main className="mx-auto max-w-lg px-4 py-16">
        <EmptyState icon={<Link2Off />} title="This link does not work any more">
          Shared calls are shown for seven days, or until somebody takes the link back. Ask whoever sent it for a new one.
        </EmptyState>
      </main>
    )
  const { call, expiresAt } = shared
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-6xl flex-col gap-6 px-4 py-8">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="text-text-2">
            {ctx.tenant.name} · {call.productName}
          </p>
          <h1 className="text-xl font-semibold break-all">
            {call.method} {call.target.split('?')[0]}
          </h1>
          <p className="mt-1 text-text-2">A call somebody of {ctx.tenant.name} shared with you, without its credentials. The link works until {exactTime(expiresAt, ctx.tenant.timezone)}.</p>
        </div>
        <ThemeToggle />
      </header>
      <main>
        <CallView call={{ ...call, story: explainCall(call, 'partner') }} timeZone={ctx.tenant.timezone}>
          <CallAsCurl code={callAsCurl(call)} />
        </CallView>
      </main>
      <footer className="mt-auto flex items-center gap-1.5 pt-6 text-xs text-text-3">
        <LogoMark className="size-4" />
        Gatehouse
      </footer>
    </div>
  )
}
