import type { PortalRequest, PortalRoute } from '@/lib/portal/portal-route'

export type RouteMatch = { route: PortalRoute; params: Record<string, string> }

/** The route of a path; where several fit, the one with fewer variable segments. A slash at the end says nothing. */
export function matchRoute(routes: readonly PortalRoute[], method: PortalRequest['method'], path: string): RouteMatch | null {
  const segments = segmentsOf(path)
  let best: (RouteMatch & { variables: number }) | null = null
  for (const route of routes) {
    if (route.method !== method) continue
    const params = fit(segmentsOf(route.path), segments)
    if (!params) continue
    const variables = Object.keys(params).length
    if (!best || variables < best.variables) best = { route, params, variables }
  }
  return best && { route: best.route, params: best.params }
}

function fit(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at]!
    if (!part.startsWith(':')) {
      if (part !== segment) return null
      continue
    }
    const value = decodeSegment(segment)
    if (value === null || value === '') return null
    params[part.slice(1)] = value
  }
  return params
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1).filter((segment, at, all) => segment !== '' || at < all.length - 1)
}

/** Null for what is no percent-encoded text, or holds a slash or control characters. */
function decodeSegment(segment: string): string | null {
  try {
    const text = decodeURIComponent(segment)
    return /[\u0000-\u001f\u007f/\\]/.test(text) ? null : text
  } catch {
    return null // not text that a link of ours would have
  }
}
