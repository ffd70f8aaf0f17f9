import type { ReactNode } from 'react'

/** One question, one answer. */
export function AuthCard({ title, description, footer, children }: { title: string; description?: ReactNode; footer?: ReactNode; children?: ReactNode }) {
  return (
    <>
      <div className="rounded-xl border border-line bg-surface p-6">
        <h1 className="text-xl font-semibold">{title}</h1>
        {description && <p className="mt-1 text-text-2">{description}</p>}
        {children && <div className="mt-5">{children}</div>}
      </div>
      {footer && <p className="mt-4 text-center text-text-2">{footer}</p>}
    </>
  )
}
