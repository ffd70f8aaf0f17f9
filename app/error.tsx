'use client'

import { CrashScreen } from '@/components/shell/crash-screen'

export default function RootError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4">
      <CrashScreen digest={error.digest} onRetry={reset} />
    </main>
  )
}
