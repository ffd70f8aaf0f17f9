import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

export type CalloutKind = 'info' | 'warning' | 'danger' | 'success'

const looks = {
  info: { icon: Info, frame: 'border-accent-line bg-accent-soft', ink: 'text-accent-text' },
  warning: { icon: TriangleAlert, frame: 'border-warn-line bg-warn-soft', ink: 'text-warn-text' },
  danger: { icon: CircleAlert, frame: 'border-bad-line bg-bad-soft', ink: 'text-bad-text' },
  success: { icon: CircleCheck, frame: 'border-good-line bg-good-soft', ink: 'text-good-text' },
} as const

/** Something a person must read before going on. Danger is announced at once. */
export function Callout({
  kind = 'info',
  title,
  action,
  className,
  children,
}: {
  kind?: CalloutKind
  title?: ReactNode
  action?: ReactNode
  className?: string
  children?: ReactNode
}) {
  const { icon: Icon, frame, ink } = looks[kind]
  return (
    <div role={kind === 'danger' ? 'alert' : kind === 'info' ? 'note' : 'status'} className={cn('flex flex-wrap gap-x-3 gap-y-2 rounded-lg border px-3 py-2.5 text-sm', title ? 'items-start' : 'items-center', frame, className)}>
      <div className="flex min-w-0 flex-1 basis-56 gap-2.5">
        <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', ink)} />
        <div className="min-w-0 text-text">
          {title && <p className="font-semibold">{title}</p>}
          {children && <div className={title ? 'text-text-2' : undefined}>{children}</div>}
        </div>
      </div>
      {action && <div className="shrink-0">{action}</div>}
    </div>
  )
}
