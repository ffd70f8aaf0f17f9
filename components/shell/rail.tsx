'use client'

import {
  AppWindow,
  BellRing,
  Blocks,
  Braces,
  Building2,
  ChevronsUpDown,
  ExternalLink,
  FileText,
  Globe,
  History,
  House,
  Inbox,
  KeyRound,
  LogOut,
  Mail,
  MonitorSmartphone,
  Network,
  Palette,
  Server,
  SlidersHorizontal,
  TextCursorInput,
  ToggleRight,
  Users,
  Webhook,
} from 'lucide-react'
import Link from 'next/link'
import { cn } from '@/components/ui/class-names'
import { Menu, Tooltip } from '@/components/ui/menu'
import { isActivePlace, useVisiblePath } from '@/components/ui/visible-path'
import type { Place, PlaceGroup, PlaceIcon } from '@/components/shell/places'
import { ThemeToggle } from '@/components/shell/theme-toggle'

const icons: Record<PlaceIcon, typeof House> = {
  home: House,
  products: Blocks,
  accounts: Building2,
  applications: KeyRound,
  portal: Globe,
  organisation: AppWindow,
  members: Users,
  sessions: MonitorSmartphone,
  audit: History,
  requests: Inbox,
  content: FileText,
  theme: Palette,
  domains: Network,
  email: Mail,
  fields: TextCursorInput,
  switches: SlidersHorizontal,
  alerts: BellRing,
  webhooks: Webhook,
  backends: Server,
  tokens: KeyRound,
  api: Braces,
  features: ToggleRight,
}

export function PlaceGlyph({ icon, className }: { icon: PlaceIcon; className?: string }) {
  const Icon = icons[icon]
  return <Icon aria-hidden className={className} />
}

export type RailFacts = {
  tenant: { name: string; slug: string }
  portalUrl: string
  member: { name: string; email: string; role: 'admin' | 'member' }
  groups: PlaceGroup[]
  onSignOut: () => void
}

/** The same rail at the side, folded to icons, and in the sheet on phones (`onNavigate` closes it). */
export function Rail({ tenant, portalUrl, member, groups, onSignOut, folded = false, onNavigate }: RailFacts & { folded?: boolean; onNavigate?: () => void }) {
  const path = useVisiblePath()
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className={cn('px-2 pt-2', folded && 'px-2.5', onNavigate && 'pr-11')}>
        <Menu
          align="start"
          className="w-56"
          trigger={
            <button type="button" className={cn('flex w-full items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-sunken', folded && 'justify-center')}>
              <span aria-hidden className="grid size-7 shrink-0 place-items-center rounded-md bg-accent text-xs font-semibold text-on-accent">
                {tenant.name.slice(0, 1).toUpperCase()}
              </span>
              {folded ? (
                <span className="sr-only">{tenant.name}: menu</span>
              ) : (
                <>
                  <span className="min-w-0 flex-1">
                    <span className="block truncate font-semibold">{tenant.name}</span>
                    <span className="block truncate text-xs text-text-3">{tenant.slug}</span>
                  </span>
                  <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-text-3" />
                </>
              )}
            </button>
          }
          items={[
            { kind: 'label', label: tenant.name },
            { label: 'Open the portal', icon: <ExternalLink aria-hidden />, href: portalUrl },
          ]}
        />
      </div>
      <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto px-2 py-3">
        {groups.map((group, index) => (
          <div key={index} className="mb-4 last:mb-0">
            {group.label &&
              (folded ? (
                <div aria-hidden className="mx-2 mb-2 h-px bg-line" />
              ) : (
                <p id={`rail-${index}`} className="px-2 pb-1 text-xs text-text-3">
                  {group.label}
                </p>
              ))}
            <ul aria-label={group.label ?? undefined} className="flex flex-col gap-px">
              {group.places.map((place) => (
                <li key={place.href}>
                  <PlaceLink place={place} folded={folded} active={!place.external && isActivePlace(path, place.href, place.exact)} onNavigate={onNavigate} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className={cn('border-t border-line p-2', folded && 'px-2.5')}>
        <Menu
          align="start"
          side="top"
          className="w-56"
          trigger={
            <button type="button" className={cn('flex w-full items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-sunken', folded && 'justify-center')}>
              <span aria-hidden className="grid size-7 shrink-0 place-items-center rounded-full border border-line-strong bg-sunken text-xs text-text-2">
                {initials(member.name)}
              </span>
              {folded ? (
                <span className="sr-only">{member.name}: menu</span>
              ) : (
                <span className="min-w-0">
                  <span className="block truncate">{member.name}</span>
                  <span className="block truncate text-xs text-text-3">{member.role === 'admin' ? 'Admin' : 'Member'}</span>
                </span>
              )}
            </button>
          }
          items={[
            { kind: 'label', label: member.email },
            { label: 'Sessions', icon: <MonitorSmartphone aria-hidden />, href: '/settings/sessions' },
            { kind: 'separator' },
            { label: 'Sign out', icon: <LogOut aria-hidden />, onSelect: onSignOut },
          ]}
        />
        {!folded && (
          <div className="mt-1 px-1.5 pb-0.5">
            <ThemeToggle />
          </div>
        )}
      </div>
    </div>
  )
}

function PlaceLink({ place, folded, active, onNavigate }: { place: Place; folded: boolean; active: boolean; onNavigate?: () => void }) {
  const look = cn(
    'flex h-8 items-center gap-2.5 rounded-md px-2 transition-colors duration-100 hover:bg-sunken hover:text-text',
    active ? 'bg-sunken font-semibold text-text' : 'text-text-2',
    folded && 'justify-center px-0',
  )
  const inside = (
    <>
      <PlaceGlyph icon={place.icon} className={cn('size-4 shrink-0', active ? 'text-accent-text' : 'text-text-3')} />
      <span className={folded ? 'sr-only' : 'min-w-0 flex-1 truncate'}>{place.label}</span>
      {place.count !== undefined && place.count > 0 && (
        <span className={folded ? 'sr-only' : 'num rounded-full bg-accent-soft px-1.5 text-xs font-normal text-accent-text'}>
          {place.count > 99 ? '99+' : place.count}
          <span className="sr-only"> waiting</span>
        </span>
      )}
      {place.external && !folded && <ExternalLink aria-hidden className="size-3 text-text-3" />}
    </>
  )
  const link = place.external ? (
    <a href={place.href} className={look}>
      {inside}
    </a>
  ) : (
    <Link href={place.href} aria-current={active ? 'page' : undefined} className={look} onClick={onNavigate}>
      {inside}
    </Link>
  )
  return folded ? (
    <Tooltip label={place.label} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  )
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/)
  return `${parts[0]?.[0] ?? ''}${parts.length > 1 ? (parts.at(-1)?.[0] ?? '') : ''}`.toUpperCase()
}
