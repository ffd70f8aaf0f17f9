'use client'

import { RefreshCw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { countNewCallsAction } from '../actions'

const EVERY_MS = 5_000

/** Says how many calls came in since the list was read; shows them when asked, so that nothing moves under the pointer. */
export function NewCalls({ productId, newestId, filters }: { productId: number; newestId: number; filters: Record<string, string> }) {
  const router = useRouter()
  const [found, setFound] = useState({ after: newestId, count: 0 })
  const [pending, start] = useTransition()
  const { cursor: _cursor, ...asked } = filters
  const key = JSON.stringify(asked)
  useEffect(() => {
    let stopped = false
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      if (document.visibilityState === 'visible') {
        const answer = await countNewCallsAction({ productId, afterId: newestId, filters: JSON.parse(key) as object }).catch(() => null)
        if (stopped) return
        if (answer?.ok) setFound({ after: newestId, count: answer.data.count })
      }
      timer = setTimeout(() => void ask(), EVERY_MS)
    }
    timer = setTimeout(() => void ask(), EVERY_MS)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [productId, newestId, key])
  const count = found.after === newestId ? found.count : 0
  return (
    <div aria-live="polite" className="mb-3 empty:hidden">
      {count > 0 && (
        <Button
          size="sm"
          pending={pending}
          icon={<RefreshCw aria-hidden />}
          onClick={() =>
            start(() => {
              const address = new URL(window.location.href)
              if (!address.searchParams.has('cursor')) return router.refresh()
              address.searchParams.delete('cursor')
              router.replace(address.pathname + address.search)
            })
          }
        >
          {count === 1 ? 'Show one new call' : `Show ${count >= 100 ? '100 or more' : count} new calls`}
        </Button>
      )}
    </div>
  )
}
