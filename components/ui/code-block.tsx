import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { highlightCode, type CodeLanguage } from '@/components/ui/highlight-code'
import { CopyButton } from '@/components/ui/copy-button'

/** Code to read and take away. Highlights JSON, shell and HTTP headers; long blocks scroll inside. */
export function CodeBlock({
  code,
  language = 'text',
  title,
  wrap = false,
  heightMax = 'max-h-96',
  className,
}: {
  code: string
  language?: CodeLanguage
  title?: ReactNode
  wrap?: boolean
  heightMax?: string
  className?: string
}) {
  return (
    <div className={cn('relative min-w-0 overflow-hidden rounded-lg border border-line bg-sunken', className)}>
      {title && <div className="flex h-9 items-center border-b border-line pr-10 pl-3 text-xs text-text-2">{title}</div>}
      <pre
        tabIndex={0}
        aria-label={typeof title === 'string' ? title : 'Code'}
        role="region"
        className={cn('overflow-auto p-3 pr-11 font-mono text-[13px] leading-5 focus-visible:-outline-offset-2', wrap && 'break-all whitespace-pre-wrap', heightMax)}
      >
        <code>
          {highlightCode(code, language).map((part, index) => (
            <span key={index} className={part.kind ? inks[part.kind] : undefined}>
              {part.text}
            </span>
          ))}
        </code>
      </pre>
      <CopyButton value={code} label="Copy code" className="absolute top-1 right-1 bg-sunken" />
    </div>
  )
}

const inks = {
  name: 'text-accent-text',
  text: 'text-good-text',
  number: 'text-violet-text',
  word: 'text-violet-text',
  quiet: 'text-text-3',
} as const

/** Inline code. */
export function Code({ children, className }: { children: ReactNode; className?: string }) {
  return <code className={cn('rounded-sm bg-sunken px-1 py-0.5 font-mono text-[0.92em] break-words', className)}>{children}</code>
}
