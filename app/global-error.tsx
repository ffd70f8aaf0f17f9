'use client'

import './globals.css'
import { CrashScreen } from '@/components/shell/crash-screen'

/** The root layout itself failed, so this brings its own. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="grid min-h-dvh place-items-center px-4">
          <CrashScreen digest={error.digest} onRetry={reset} />
        </main>
      </body>
    </html>
  )
}
