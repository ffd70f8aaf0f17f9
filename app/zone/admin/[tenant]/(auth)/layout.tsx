import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { LogoMark } from '@/components/shell/logo'
import { ThemeToggle } from '@/components/shell/theme-toggle'
import { requireAdminTenant } from '@/lib/request/require-admin'

export async function generateMetadata(): Promise<Metadata> {
  const { tenant } = await requireAdminTenant()
  return { title: { default: tenant.name, template: `%s · ${tenant.name}` }, robots: { index: false }, referrer: 'no-referrer' }
}

/** The quiet room before the dashboard: whose it is, and one form. */
export default async function AuthLayout({ children }: { children: ReactNode }) {
  const { tenant } = await requireAdminTenant()
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-10 sm:justify-center">
      <main className="w-full max-w-sm">
        <p className="mb-6 flex items-center gap-2.5">
          <span aria-hidden className="grid size-8 place-items-center rounded-md bg-accent font-semibold text-on-accent">
            {tenant.name.slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 truncate font-semibold">{tenant.name}</span>
        </p>
        {children}
      </main>
      <footer className="mt-10 flex items-center gap-4 text-xs text-text-3">
        <span className="flex items-center gap-1.5">
          <LogoMark className="size-4" />
          Gatehouse
        </span>
        <ThemeToggle />
      </footer>
    </div>
  )
}
