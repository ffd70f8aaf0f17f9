'use client'

import { usePathname } from 'next/navigation'

/**
 * The path as the address bar shows it. While the server renders, a host rewrite may show through (`/zone/admin/acme/...`);
 * server and browser must agree or hydration complains.
 */
export function useVisiblePath(): string {
  return visiblePath(usePathname())
}

export function visiblePath(path: string): string {
  const rest = path.replace(/^\/zone\/(?:site|(?:admin|portal)\/[^/]+)(?=\/|$)/, '')
  return rest === '' ? '/' : rest
}

/** Whether `href` is the place of `path` or above it; `exact` for a root that is above everything. */
export function isActivePlace(path: string, href: string, exact = false): boolean {
  const target = href.split(/[?#]/)[0] as string
  return path === target || (!exact && target !== '/' && path.startsWith(`${target}/`))
}
