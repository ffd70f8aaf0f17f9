import { Check, Circle, CircleDashed, Minus, X } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

export type StepState = 'passed' | 'failed' | 'skipped' | 'waiting'
export type Step = { name: string; label: string; state: StepState; detail?: ReactNode }

const looks: Record<StepState, { icon: typeof Check; ring: string; word: string }> = {
  passed: { icon: Check, ring: 'border-good-line bg-good-soft text-good-text', word: 'passed' },
  failed: { icon: X, ring: 'border-bad bg-bad text-white', word: 'failed' },
  skipped: { icon: Minus, ring: 'border-line bg-sunken text-text-3', word: 'not reached' },
  waiting: { icon: CircleDashed, ring: 'border-line-strong bg-surface text-text-3', word: 'not tried yet' },
}

/** The road of a call as five stations: host, key, rule, limit, upstream; where it stopped is red and says why. */
export function StepDiagram({ steps, label = 'The road of the call' }: { steps: Step[]; label?: string }) {
  return (
    <ol aria-label={label} className="flex flex-col sm:flex-row">
      {steps.map((step, index) => {
        const { icon: Icon, ring, word } = looks[step.state]
        const last = index === steps.length - 1
        const done = step.state === 'passed'
        return (
          <li key={step.name} className="relative flex min-w-0 gap-3 pb-4 last:pb-0 sm:flex-1 sm:flex-col sm:items-center sm:gap-1.5 sm:px-1 sm:pb-0 sm:text-center">
            {!last && (
              <span
                aria-hidden
                className={cn(
                  'absolute top-8 bottom-1 left-[15px] w-px sm:top-4 sm:right-[calc(-50%+20px)] sm:bottom-auto sm:left-[calc(50%+20px)] sm:h-px sm:w-auto',
                  done && steps[index + 1]?.state !== 'waiting' && steps[index + 1]?.state !== 'skipped' ? 'bg-good-line' : 'bg-line-strong',
                )}
              />
            )}
            <span className={cn('grid size-8 shrink-0 place-items-center rounded-full border', ring)}>
              <Icon aria-hidden className="size-4" />
            </span>
            <span className="min-w-0 pt-1.5 sm:pt-0">
              <span className={cn('block text-sm', step.state === 'failed' ? 'font-semibold text-bad-text' : step.state === 'passed' ? 'font-semibold' : 'text-text-2')}>
                {step.label} <span className="sr-only">({word})</span>
              </span>
              {step.detail && <span className="block text-xs break-words text-text-2">{step.detail}</span>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

export type ChecklistItem = { id: string; title: string; description?: ReactNode; done: boolean; href?: string; action?: string }

/** Ticks itself off. Each open item leads to its place; the next one is offered with a button. */
export function Checklist({ items, title, description }: { items: ChecklistItem[]; title: ReactNode; description?: ReactNode }) {
  const done = items.filter((item) => item.done).length
  const next = items.find((item) => !item.done)
  return (
    <section className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3.5">
        <div>
          <h2 className="text-sm font-semibold">{title}</h2>
          {description && <p className="text-text-2">{description}</p>}
        </div>
        <div className="flex items-center gap-3">
          <span className="num text-text-2">
            {done} of {items.length} done
          </span>
          <div aria-hidden className="h-1.5 w-24 overflow-hidden rounded-full bg-line">
            <div className="h-full rounded-full bg-accent" style={{ width: `${(done / Math.max(1, items.length)) * 100}%` }} />
          </div>
        </div>
      </header>
      <ol>
        {items.map((item) => {
          const inside = (
            <>
              <span className={cn('mt-0.5 grid size-5 shrink-0 place-items-center rounded-full border', item.done ? 'border-good-line bg-good-soft text-good-text' : 'border-line-strong text-transparent')}>
                {item.done ? <Check aria-hidden className="size-3" /> : <Circle aria-hidden className="size-3" />}
              </span>
              <span className="min-w-0 flex-1">
                <span className={cn('block', item.done ? 'text-text-2' : 'font-semibold')}>
                  {item.title}
                  <span className="sr-only">{item.done ? ' (done)' : ' (to do)'}</span>
                </span>
                {item.description && !item.done && <span className="block text-text-2">{item.description}</span>}
              </span>
            </>
          )
          const look = 'flex items-start gap-3 px-4 py-3'
          return (
            <li key={item.id} className="border-line not-last:border-b">
              {item.href ? (
                <Link href={item.href} className={cn(look, 'transition-colors hover:bg-sunken/70 focus-visible:-outline-offset-2')}>
                  {inside}
                  {item.id === next?.id && item.action && (
                    <span className="inline-flex h-7 shrink-0 items-center self-center rounded-md bg-accent px-2.5 text-xs font-semibold text-on-accent">{item.action}</span>
                  )}
                </Link>
              ) : (
                <div className={look}>{inside}</div>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
