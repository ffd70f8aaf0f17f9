'use client'

import { Button } from '@/components/ui/button'
import { exactNumber } from '@/components/ui/format'
import type { useShownRows } from './use-shown-rows'

/** Below the rows of `useShownRows`: that none has such a name, or how to see the rest. */
export function MoreRows({ found, hidden, showAll }: Pick<ReturnType<typeof useShownRows>, 'found' | 'hidden' | 'showAll'>) {
  if (found === 0) return <p className="px-4 py-6 text-center text-text-2">No method has a name like this.</p>
  return hidden > 0 ? (
    <div className="p-2 text-center">
      <Button variant="ghost" onClick={showAll}>{`Show all ${exactNumber(found)}`}</Button>
    </div>
  ) : null
}
