'use client'

import { ChevronRight, CircleHelp, Clock, Menu as MenuIcon, PanelLeft, Search } from 'lucide-react'
import Link from 'next/link'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { CommandPalette, type CommandItem } from '@/components/ui/command-palette'
import { Sheet } from '@/components/ui/dialog'
import { useAction, type ActionResult } from '@/components/ui/form'
import { longDay } from '@/components/ui/format'
import { Popover, Tooltip } from '@/components/ui/menu'
import { Skeleton } from '@/components/ui/skeleton'
import { useVisiblePath } from '@/components/ui/visible-path'
import { CrumbNamesProvider, useCrumbNames } from '@/components/shell/crumb-names'
import { crumbsOf, type PlaceGroup } from '@/components/shell/places'
import { PlaceGlyph, Rail } from '@/components/shell/rail'
import { railCookie } from '@/components/shell/rail-cookie'
import { StepUp } from '@/components/shell/step-up'

/** A thing the search found on the server. */
export type FoundPlace = { id: string; group: string; label: string; detail?: string; href: string }

export type AdminShellProps = {
  tenant: { name: string; slug: string; timezone: string }
  portalUrl: string
  member: { name: string; email: string; role: 'admin' | 'member' }
  groups: PlaceGroup[]
  /** ISO time, or null when there is no trial. */
  trialEndsAt: string | null
  /** As the cookie says, so that the rail does not jump. */
  railFolded: boolean
  search: (input: { query: string }) => Promise<ActionResult<{ found: FoundPlace[] }>>
  signOut: (input: Record<never, never>) => Promise<ActionResult<unknown>>
  /** Step-up: actions that want the password again ask through this. */
  confirmPassword: (input: { password: string }) => Promise<ActionResult<unknown>>
  children: ReactNode
}

/** Everything around a page of the dashboard: rail, top bar, search, and the room for the page. */
export function AdminShell(props: AdminShellProps) {
  return (
    <CrumbNamesProvider>
      <StepUp confirm={props.confirmPassword}>
        <Frame {...props} />
      </StepUp>
    </CrumbNamesProvider>
  )
}

function Frame({ tenant, portalUrl, member, groups, trialEndsAt, railFolded, search, signOut, children }: AdminShellProps) {
  const [folded, setFolded] = useState(railFolded)
  const [sheet, setSheet] = useState(false)
  const [palette, setPalette] = useState(false)
  const leaving = useAction(signOut, { goTo: '/sign-in' })
  const rail = { tenant, portalUrl, member, groups, onSignOut: () => leaving.run({}) }

  const items = useMemo<CommandItem[]>(
    () => groups.flatMap((group) => group.places.map((place) => ({ id: `place:${place.href}`, group: 'Go to', label: place.label, detail: group.label ?? undefined, href: place.href, keywords: place.keywords, icon: <PlaceGlyph icon={place.icon} /> }))),
    [groups],
  )
  const find = useCallback(
    async (query: string): Promise<CommandItem[]> => {
      const answer = await search({ query })
      return answer.ok ? (answer.data?.found ?? []).map((found) => ({ ...found, icon: <PlaceGlyph icon={glyphOf(found.group)} /> })) : []
    },
    [search],
  )

  function fold() {
    setFolded(!folded)
    const secure = window.location.protocol === 'https:' ? '; Secure' : ''
    document.cookie = `${railCookie}=${folded ? 'open' : 'folded'}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
  }

  return (
    <div className="flex min-h-dvh">
      <a href="#content" className="sr-only rounded-md bg-accent px-3 py-2 font-semibold text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50">
        Skip to content
      </a>
      <aside className={cn('sticky top-0 hidden h-dvh shrink-0 border-r border-line bg-surface transition-[width] duration-150 md:block', folded ? 'w-14' : 'w-60')}>
        <Rail {...rail} folded={folded} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 border-b border-line bg-canvas/90 backdrop-blur">
          <div className="flex h-12 items-center gap-2 px-3 sm:px-4">
          <Sheet
            side="left"
            title="Menu"
            hideTitle
            open={sheet}
            onOpenChange={setSheet}
            width="w-72"
            className="bg-surface"
            trigger={<Button variant="ghost" size="icon" className="md:hidden" aria-label="Open menu" icon={<MenuIcon aria-hidden />} />}
          >
            <Rail {...rail} onNavigate={() => setSheet(false)} />
          </Sheet>
          <Tooltip label={folded ? 'Show the menu' : 'Fold the menu'}>
            <Button variant="ghost" size="icon-sm" className="max-md:hidden" aria-label={folded ? 'Show the menu' : 'Fold the menu'} aria-expanded={!folded} icon={<PanelLeft aria-hidden />} onClick={fold} />
          </Tooltip>
          <Trail />
          <div className="ml-auto flex shrink-0 items-center gap-1.5">
            {trialEndsAt && (
              <span className="hidden items-center gap-1.5 rounded-full border border-line bg-surface px-2.5 py-1 text-xs text-text-2 lg:inline-flex">
                <Clock aria-hidden className="size-3" />
                Free trial until {longDay(trialEndsAt, tenant.timezone)}
              </span>
            )}
            <button
              type="button"
              onClick={() => setPalette(true)}
              aria-keyshortcuts="Meta+K Control+K"
              className="flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-text-3 shadow-card hover:border-text-3 hover:text-text-2 lg:w-52"
            >
              <Search aria-hidden className="size-4" />
              <span className="sr-only lg:not-sr-only">Search</span>
              <kbd aria-hidden className="ml-auto hidden rounded-sm border border-line bg-sunken px-1 font-sans text-xs lg:inline">⌘K</kbd>
            </button>
            <Help portalUrl={portalUrl} />
          </div>
          </div>
          {trialEndsAt && (
            <p className="flex items-center justify-center gap-1.5 border-t border-line bg-surface px-4 py-1.5 text-xs text-text-2 lg:hidden">
              <Clock aria-hidden className="size-3" />
              Free trial until {longDay(trialEndsAt, tenant.timezone)}
            </p>
          )}
        </header>
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[1200px] min-w-0 flex-1 px-4 py-6 outline-none has-[[data-wide]]:max-w-none sm:px-8">
          {children}
        </main>
      </div>
      <CommandPalette open={palette} onOpenChange={setPalette} items={items} search={find} />
    </div>
  )
}

function Trail() {
  const crumbs = crumbsOf(useVisiblePath(), useCrumbNames())
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1
          const text = crumb.label ?? <Skeleton className="h-3.5 w-20" />
          return (
            <li key={index} className={cn('flex min-w-0 items-center gap-1', !last && 'max-sm:hidden')}>
              {last ? (
                <span aria-current="page" className="truncate px-0.5 font-semibold">
                  {text}
                </span>
              ) : crumb.href ? (
                <Link href={crumb.href} className="truncate rounded-sm px-0.5 text-text-2 hover:text-text">
                  {text}
                </Link>
              ) : (
                <span className="truncate px-0.5 text-text-2">{text}</span>
              )}
              {!last && <ChevronRight aria-hidden className="size-3.5 shrink-0 text-text-3" />}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

const shortcuts: [string, string][] = [
  ['⌘K or Ctrl K', 'Search everything'],
  ['/', 'Search this list'],
  ['↑ ↓ or j k', 'Walk through rows'],
  ['Enter', 'Open the row'],
  ['Space, then ↑ ↓', 'Move a rule or plan'],
]

function Help({ portalUrl }: { portalUrl: string }) {
  return (
    <Popover align="end" label="Help" trigger={<Button variant="ghost" size="icon" aria-label="Help" icon={<CircleHelp aria-hidden />} />}>
      <p className="mb-2 font-semibold">Keyboard</p>
      <dl className="flex flex-col gap-1.5">
        {shortcuts.map(([keys, meaning]) => (
          <div key={keys} className="flex items-center justify-between gap-3">
            <dt className="text-text-2">{meaning}</dt>
            <dd>
              <kbd className="rounded-sm border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs whitespace-nowrap">{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 border-t border-line pt-3 text-text-2">
        What your partners see:{' '}
        <a href={portalUrl} className="link">
          your portal
        </a>
      </p>
    </Popover>
  )
}

function glyphOf(group: string) {
  return group === 'Products' || group === 'Pages of products' ? 'products' : group === 'Backends' ? 'backends' : group === 'Accounts' ? 'accounts' : 'applications'
}
