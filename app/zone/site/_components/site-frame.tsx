import Link from 'next/link'
import type { ReactNode } from 'react'
import { Logo, LogoMark } from '@/components/shell/logo'
import { ThemeToggle } from '@/components/shell/theme-toggle'
import { LinkButton } from '@/components/ui/link-button'

/** Head and foot of the public site. */
export function SiteFrame({ children, quiet = false }: { children: ReactNode; quiet?: boolean }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="mx-auto flex h-16 w-full max-w-6xl items-center justify-between gap-4 px-4 sm:px-6">
        <Link href="/" className="rounded-sm">
          <Logo />
        </Link>
        <nav aria-label="Site" className="flex items-center gap-2">
          <LinkButton href="/sign-in" variant="ghost">
            Sign in
          </LinkButton>
          {!quiet && (
            <LinkButton href="/sign-up" variant="primary" className="max-sm:hidden">
              Open your API
            </LinkButton>
          )}
        </nav>
      </header>
      <main className="flex-1">{children}</main>
      <footer className="border-t border-line">
        <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center justify-between gap-4 px-4 py-6 text-text-2 sm:px-6">
          <span className="flex items-center gap-2">
            <LogoMark className="size-5" />
            Gatehouse, API management under the MIT licence
          </span>
          <ThemeToggle />
        </div>
      </footer>
    </div>
  )
}
