import { CircleAlert, CircleCheck, CirclePause, TriangleAlert } from 'lucide-react'
import { Card } from '@/components/ui/card'
import { cn } from '@/components/ui/class-names'
import { LinkButton } from '@/components/ui/link-button'
import type { Attention } from '@/lib/onboarding/list-attention'

const looks = {
  bad: { icon: CircleAlert, ink: 'text-bad-text', word: 'Broken' },
  warn: { icon: TriangleAlert, ink: 'text-warn-text', word: 'Waits' },
  neutral: { icon: CirclePause, ink: 'text-text-3', word: 'Paused' },
} as const

/** What needs somebody, each with the way to where it is settled. */
export function AttentionList({ items }: { items: Attention[] }) {
  return (
    <Card title="Needs you" flush>
      {items.length === 0 ? (
        <p className="flex items-center gap-2.5 px-4 py-5 text-text-2">
          <CircleCheck aria-hidden className="size-4 shrink-0 text-good-text" />
          Nothing waits for you.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {items.map((item) => {
            const { icon: Icon, ink, word } = looks[item.tone]
            return (
              <li key={item.key} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-64 gap-2.5">
                  <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', ink)} />
                  <div className="min-w-0">
                    <p className="font-semibold break-words">
                      <span className="sr-only">{word}: </span>
                      {item.title}
                    </p>
                    <p className="text-text-2">{item.detail}</p>
                  </div>
                </div>
                <LinkButton href={item.href} size="sm" className="max-sm:ml-[26px]">
                  {item.action}
                </LinkButton>
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}
