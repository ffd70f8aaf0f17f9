import { AppError } from '@/lib/errors'

/**
 * Whether mapping rules stand otherwise than they should. Throws `conflict` where the wanted order is not made of the
 * present rules, each once: somebody else has added or deleted one meanwhile.
 */
export function isNewOrder(present: readonly bigint[], wanted: readonly bigint[]): boolean {
  const named = new Set(wanted)
  if (named.size !== wanted.length || present.length !== wanted.length || present.some((id) => !named.has(id)))
    throw new AppError('conflict', { publicMessage: 'The mapping rules have changed since this page was loaded. Reload it and try again.' })
  return present.some((id, index) => id !== wanted[index])
}
