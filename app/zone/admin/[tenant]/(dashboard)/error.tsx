'use client'

import { CrashScreen } from '@/components/shell/crash-screen'

export default function DashboardError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <CrashScreen digest={error.digest} onRetry={reset} />
}
