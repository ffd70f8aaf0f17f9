import type { OauthScope } from '@/lib/products/gateway-config'

/** What the scopes somebody holds open; null: everything. */
export function openedMetrics(scopes: readonly OauthScope[], held: readonly string[]): ReadonlySet<number> | null {
  const metrics = new Set<number>()
  for (const { name, methods } of scopes) {
    if (!held.includes(name)) continue
    if (methods === 'all') return null
    for (const id of methods) metrics.add(id)
  }
  return metrics
}

/** The first of what a call counts that is not open: each method of it, or where it counts no method, each metric. */
export function findClosedMetric(opened: ReadonlySet<number>, counted: Iterable<number>, isMethod: (metricId: number) => boolean): number | null {
  let methods = 0
  let closedMethod: number | null = null
  let closed: number | null = null
  for (const id of counted) {
    const isOpen = opened.has(id)
    if (!isOpen) closed ??= id
    if (!isMethod(id)) continue
    methods++
    if (!isOpen) closedMethod ??= id
  }
  return methods === 0 ? closed : closedMethod
}
