'use client'

import { ServerCrash } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'

/** Something broke on our side. The number finds the entry in the log. */
export function CrashScreen({ digest, onRetry }: { digest?: string; onRetry: () => void }) {
  return (
    <div role="alert">
      <EmptyState icon={<ServerCrash />} title="This page could not be loaded" action={<Button onClick={onRetry}>Try again</Button>} className="py-24">
        Something broke on our side. It has been logged{digest ? ` under ${digest}` : ''}.
      </EmptyState>
    </div>
  )
}
