import type { CallFilters } from '@/lib/calls/queries'

/** The address's filters as the list wants them; ids are text there. */
export function callFiltersOf({ application, environment, status, refusal, method, q, cursor }: Record<string, string>): CallFilters {
  return { application, environment, status, refusal, method, q, cursor } as CallFilters
}
