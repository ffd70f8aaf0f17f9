import { Check, ChevronRight, Plus, Search, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Sparkline } from '@/components/charts/sparkline'
import { LogoMark } from '@/components/shell/logo'
import { StateDot, VerbBadge } from '@/components/ui/badge'
import { cn } from '@/components/ui/class-names'

/** Small pictures of the product, drawn with its own parts. They can be looked at, not used: `inert`. */
function Picture({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div role="img" aria-label={label} className={className}>
      <div aria-hidden inert className="pointer-events-none select-none">
        {children}
      </div>
    </div>
  )
}

const calls = [
  { verb: 'GET', path: '/1.1/search/tweets.json', app: 'Harbour Watch', plan: 'Public', answer: '200', note: '84 ms', good: true },
  { verb: 'POST', path: '/1.1/statuses/update.json', app: 'Paper Boat', plan: 'Trial', answer: '403', note: 'Not in this plan', good: false },
  { verb: 'GET', path: '/1.1/statuses/show.json', app: 'Night Ferry', plan: 'Partner', answer: '200', note: '61 ms', good: true },
  { verb: 'GET', path: '/1.1/users/lookup.json', app: 'Paper Boat', plan: 'Trial', answer: '429', note: '100 of 100 used', good: false },
  { verb: 'DELETE', path: '/1.1/lists/members.json', app: 'Night Ferry', plan: 'Partner', answer: '200', note: '97 ms', good: true },
]

/** The gate itself: calls on the left, what became of them on the right. */
export function GatePicture() {
  return (
    <Picture label="Five calls at the gateway: three pass to the API, one is refused because its plan does not hold the method, one because the month's limit is used up." className="overflow-hidden rounded-xl border border-line bg-surface shadow-pop">
      <div className="flex h-11 items-center gap-3 border-b border-line px-4">
        <LogoMark className="size-5" />
        <span className="font-semibold">REST API</span>
        <span className="truncate font-mono text-xs text-text-3 max-sm:hidden">twitter-acme.gw.example.com</span>
        <span className="ml-auto">
          <StateDot state="live">Version 4 live</StateDot>
        </span>
      </div>
      <ul>
        {calls.map((call) => (
          <li key={call.verb + call.path} className="flex items-center gap-3 border-line px-4 py-2.5 not-last:border-b">
            <VerbBadge verb={call.verb} />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-mono text-[13px]">{call.path}</span>
              <span className="block truncate text-xs text-text-2">
                {call.app} · {call.plan}
              </span>
            </span>
            <span className="hidden shrink-0 text-xs text-text-2 sm:block">{call.note}</span>
            <span className={cn('num inline-flex h-6 w-16 shrink-0 items-center justify-center gap-1 rounded-md text-xs font-semibold', call.good ? 'bg-good-soft text-good-text' : 'bg-bad-soft text-bad-text')}>
              {call.good ? <Check className="size-3" /> : <X className="size-3" />}
              {call.answer}
            </span>
          </li>
        ))}
      </ul>
    </Picture>
  )
}

export function ImportPicture() {
  const rows = [
    ['GET', 'statuses/mentions_timeline'],
    ['GET', 'search/tweets'],
    ['POST', 'statuses/update'],
    ['DELETE', 'lists/members'],
  ] as const
  return (
    <Picture label="The preview of an import: four of 83 operations, each about to become a method." className="rounded-lg border border-line bg-surface">
      <p className="flex h-9 items-center justify-between gap-3 border-b border-line px-3 text-xs text-text-2">
        <span className="truncate font-mono">rest-api.openapi.json</span>
        <span className="num shrink-0">83 operations</span>
      </p>
      <ul>
        {rows.map(([verb, path]) => (
          <li key={path} className="flex h-9 items-center gap-2 border-line px-3 not-last:border-b">
            <VerbBadge verb={verb} />
            <span className="min-w-0 flex-1 truncate font-mono text-xs">{path}</span>
            <span className="inline-flex items-center gap-1 text-xs text-good-text">
              <Plus className="size-3" />
              create
            </span>
          </li>
        ))}
      </ul>
    </Picture>
  )
}

export function PlansPicture() {
  const rows: [string, string[]][] = [
    ['GET search', ['100/mo', '180/min', '450/min']],
    ['GET show', ['100/mo', '900/min', '60/min']],
    ['POST update', ['', '15/min', '60/min']],
    ['DELETE destroy', ['', '', '60/min']],
  ]
  return (
    <Picture label="Methods by plans: Trial reads only, Public writes a little, Partner does all, each with its limits." className="rounded-lg border border-line bg-surface">
      <div className="grid grid-cols-[minmax(0,1fr)_repeat(3,4.25rem)] text-xs">
        {['Method', 'Trial', 'Public', 'Partner'].map((name, index) => (
          <span key={name} className={cn('flex h-9 items-center border-b border-line px-3', index === 0 ? 'text-text-2' : 'justify-end font-semibold')}>
            {name}
          </span>
        ))}
        {rows.map(([method, limits], row) => {
          const cell = cn('flex h-9 items-center px-3', row < rows.length - 1 && 'border-b border-line')
          return [
            <span key={method} className={cn(cell, 'truncate font-mono')}>
              {method}
            </span>,
            ...limits.map((limit, column) => (
              <span key={method + column} className={cn(cell, 'num justify-end', !limit && 'text-text-3')}>
                {limit || '—'}
              </span>
            )),
          ]
        })}
      </div>
    </Picture>
  )
}

export function UsagePicture() {
  const rows: [string, number[], string][] = [
    ['Harbour Watch', [4, 6, 5, 9, 12, 11, 15, 14], '48,213'],
    ['Night Ferry', [9, 8, 9, 7, 8, 9, 8, 9], '31,077'],
    ['Tidewater', [2, 3, 2, 5, 4, 7, 6, 8], '9,420'],
    ['Paper Boat', [0, 0, 1, 1, 2, 1, 3, 2], '100'],
  ]
  return (
    <Picture label="Usage of four applications over a week, with their calls." className="rounded-lg border border-line bg-surface">
      <p className="flex h-9 items-center justify-between border-b border-line px-3 text-xs text-text-2">
        <span>Application</span>
        <span>Calls, 7 days</span>
      </p>
      <ul>
        {rows.map(([name, values, total]) => (
          <li key={name} className="flex h-9 items-center gap-3 border-line px-3 not-last:border-b">
            <span className="min-w-0 flex-1 truncate text-[13px]">{name}</span>
            <Sparkline values={values} label="" width={72} height={20} />
            <span className="num w-14 text-right text-[13px]">{total}</span>
          </li>
        ))}
      </ul>
    </Picture>
  )
}

export function DashboardPicture() {
  return (
    <Picture label="The dashboard: the product REST API, called through staging; the call passed host, key, rule, limit and upstream." className="overflow-hidden rounded-xl border border-line bg-canvas shadow-pop">
      <div className="flex">
        <div className="w-36 shrink-0 border-r border-line bg-surface p-2 text-xs max-sm:hidden">
          <p className="flex items-center gap-2 p-1 font-semibold">
            <span className="grid size-5 place-items-center rounded-sm bg-accent text-[11px] text-on-accent">A</span>Acme
          </p>
          {['Home', 'APIs', 'Accounts', 'Applications', 'Members & roles'].map((place) => (
            <p key={place} className={cn('mt-0.5 rounded-md px-2 py-1', place === 'APIs' ? 'bg-sunken font-semibold' : 'text-text-2')}>
              {place}
            </p>
          ))}
        </div>
        <div className="min-w-0 flex-1 p-4">
          <p className="flex items-center gap-1 text-xs text-text-2">
            APIs <ChevronRight className="size-3" /> <span className="font-semibold text-text">REST API</span>
            <span className="ml-auto inline-flex items-center gap-1.5 rounded-md border border-line bg-surface px-2 py-1 text-text-3">
              <Search className="size-3" /> ⌘K
            </span>
          </p>
          <p className="mt-3 flex gap-4 overflow-hidden border-b border-line pb-2 text-xs text-text-2">
            {['Methods', 'Mapping rules', 'Gateway', 'Plans', 'Usage'].map((tab) => (
              <span key={tab} className={cn('shrink-0', tab === 'Gateway' && 'font-semibold text-text')}>
                {tab}
              </span>
            ))}
          </p>
          <p className="mt-3 flex items-center gap-2 rounded-md border border-line bg-surface px-3 py-2 text-xs">
            <VerbBadge verb="GET" />
            <span className="min-w-0 flex-1 truncate font-mono">/1.1/search/tweets.json?q=tide</span>
            <span className="rounded-sm bg-accent px-2 py-1 font-semibold text-on-accent">Test</span>
          </p>
          <div className="mt-3 rounded-lg border border-good-line bg-good-soft px-3 py-2 text-xs">
            <span className="font-semibold text-good-text">200 OK in 84 ms</span>
            <span className="text-text-2"> · counted once as GET search/tweets</span>
          </div>
          <div className="mt-3 flex items-center justify-between text-xs">
            {['Host', 'Key', 'Rule', 'Limit', 'Upstream'].map((step, index) => (
              <span key={step} className="contents">
                {index > 0 && <span className="mx-1 -mt-5 h-px flex-1 bg-good-line" />}
                <span className="flex flex-col items-center gap-1">
                  <span className="grid size-6 place-items-center rounded-full border border-good-line bg-good-soft text-good-text">
                    <Check className="size-3" />
                  </span>
                  {step}
                </span>
              </span>
            ))}
          </div>
        </div>
      </div>
    </Picture>
  )
}

export function PortalPicture() {
  return (
    <Picture label="A partner portal's home: the tenant's name, and its published APIs." className="overflow-hidden rounded-xl border border-line bg-surface shadow-pop">
      <div className="flex items-center justify-between border-b border-line px-4 py-2.5 text-xs">
        <span className="font-semibold">Acme for developers</span>
        <span className="font-mono text-text-3">acme.portal.example.com</span>
      </div>
      <div className="p-4">
        <p className="text-base font-semibold">Build on Acme</p>
        <div className="mt-3 grid gap-2">
          {[
            ['REST API', 'Timelines, search and posting, 83 methods'],
            ['Collections API', 'Curated timelines, in beta'],
          ].map(([name, text]) => (
            <div key={name} className="rounded-lg border border-line px-3 py-2">
              <p className="font-semibold">{name}</p>
              <p className="text-xs text-text-2">{text}</p>
            </div>
          ))}
        </div>
      </div>
    </Picture>
  )
}
