'use client'

import dynamic from 'next/dynamic'
import { Skeleton } from '@/components/ui/skeleton'

/** The editor, fetched when one of these pages is open. */
export const LazyCodeEditor = dynamic(() => import('./code-editor'), {
  ssr: false,
  loading: () => (
    <div role="status" aria-label="Loading the editor" className="flex h-[min(70dvh,48rem)] min-h-64 flex-col gap-3 rounded-lg border border-line-strong bg-surface p-4">
      {['w-2/5', 'w-3/5', 'w-1/2', 'w-4/5', 'w-1/3'].map((width) => (
        <Skeleton key={width} className={`h-3.5 ${width}`} />
      ))}
    </div>
  ),
})
