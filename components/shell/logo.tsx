import { cn } from '@/components/ui/class-names'

/** The gate: two towers, a wall between them, an open arch. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className={cn('size-6 shrink-0 text-accent', className)}>
      <path
        fill="currentColor"
        fillRule="evenodd"
        d="M2.5 3.5h2v2h1.5v-2h2v2.8c0 .4.3.7.7.7h6.6c.4 0 .7-.3.7-.7V3.5h2v2h1.5v-2h2V20c0 .6-.4 1-1 1h-4.7a.8.8 0 0 1-.8-.8V15a3 3 0 0 0-6 0v5.2a.8.8 0 0 1-.8.8H3.5c-.6 0-1-.4-1-1V3.5Z"
      />
    </svg>
  )
}

export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2 text-base font-semibold tracking-tight', className)}>
      <LogoMark />
      Gatehouse
    </span>
  )
}
