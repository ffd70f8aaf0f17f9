import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad'

const tones: Record<Tone, string> = {
  neutral: 'border-line bg-sunken text-text-2',
  accent: 'border-accent-line bg-accent-soft text-accent-text',
  good: 'border-good-line bg-good-soft text-good-text',
  warn: 'border-warn-line bg-warn-soft text-warn-text',
  bad: 'border-bad-line bg-bad-soft text-bad-text',
}

/** A word in a small frame: Default, Imported, Sample. */
export function Badge({ tone = 'neutral', icon, className, children }: { tone?: Tone; icon?: ReactNode; className?: string; children: ReactNode }) {
  return (
    <span className={cn('inline-flex h-5 items-center gap-1 rounded-sm border px-1.5 text-xs whitespace-nowrap [&_svg]:size-3', tones[tone], className)}>
      {icon}
      {children}
    </span>
  )
}

const verbs: Record<string, string> = {
  GET: 'bg-accent-soft text-accent-text',
  HEAD: 'bg-accent-soft text-accent-text',
  POST: 'bg-good-soft text-good-text',
  PUT: 'bg-warn-soft text-warn-text',
  PATCH: 'bg-violet-soft text-violet-text',
  DELETE: 'bg-bad-soft text-bad-text',
}

/** The HTTP verb, in mono and always in the same width, so that paths beside it line up. */
export function VerbBadge({ verb, className }: { verb: string; className?: string }) {
  const word = verb.toUpperCase()
  return (
    <span className={cn('inline-flex h-5 w-14 shrink-0 items-center justify-center rounded-sm font-mono text-[11px] font-semibold', verbs[word] ?? 'bg-sunken text-text-2', className)}>
      {word === 'OPTIONS' ? 'OPTS' : word}
    </span>
  )
}

/** Verb and path on one line, as they stand in every list of methods. */
export function VerbPath({ verb, path, wrap = false, className }: { verb: string; path: ReactNode; wrap?: boolean; className?: string }) {
  return (
    <span className={cn('inline-flex max-w-full min-w-0 gap-2', wrap ? 'items-start' : 'items-center', className)}>
      <VerbBadge verb={verb} />
      <span className={cn('min-w-0 font-mono text-[13px]', wrap ? 'break-all' : 'truncate')}>{path}</span>
    </span>
  )
}

const stateWords: Record<string, { tone: Tone; word: string }> = {
  live: { tone: 'good', word: 'Live' },
  active: { tone: 'good', word: 'Active' },
  approved: { tone: 'good', word: 'Approved' },
  published: { tone: 'good', word: 'Published' },
  ok: { tone: 'good', word: 'OK' },
  pending: { tone: 'warn', word: 'Pending' },
  waiting: { tone: 'warn', word: 'Waiting' },
  suspended: { tone: 'bad', word: 'Suspended' },
  rejected: { tone: 'bad', word: 'Rejected' },
  failed: { tone: 'bad', word: 'Failed' },
  revoked: { tone: 'bad', word: 'Revoked' },
  hidden: { tone: 'neutral', word: 'Hidden' },
  draft: { tone: 'neutral', word: 'Draft' },
  retired: { tone: 'neutral', word: 'Retired' },
}

const dots: Record<Tone, string> = { neutral: 'bg-text-3', accent: 'bg-accent', good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad' }

/** A state is a dot and a word, never the colour alone. Knows the usual states; say `tone` and children for others. */
export function StateDot({ state, tone, children, className }: { state?: string; tone?: Tone; children?: ReactNode; className?: string }) {
  const known = state ? stateWords[state] : undefined
  const colour = tone ?? known?.tone ?? 'neutral'
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <span aria-hidden className={cn('size-2 shrink-0 rounded-full', dots[colour])} />
      {children ?? known?.word ?? (state ? state.charAt(0).toUpperCase() + state.slice(1) : '')}
    </span>
  )
}

/** The name of a plan. */
export function PlanTag({ name, isDefault, className }: { name: string; isDefault?: boolean; className?: string }) {
  return (
    <span className={cn('inline-flex h-5 max-w-48 items-center gap-1 rounded-full border border-line-strong px-2 text-xs text-text-2', className)}>
      <span className="truncate">{name}</span>
      {isDefault && <span className="text-text-3">· default</span>}
    </span>
  )
}
