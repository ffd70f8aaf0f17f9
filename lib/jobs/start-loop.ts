import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@/lib/clock'
import type { Loop } from '@/lib/jobs/job-names'
import { logger } from '@/lib/logger'

const PAUSE_MAX_MS = 10_000

/** Runs a loop until stopped: again at once while there is work, after `everyMs` when not, after growing pauses when it fails. */
export function startLoop({ name, everyMs, run }: Loop): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = (async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      let found = 0
      try {
        found = await run(new Date(systemClock.now()))
        failures = 0
      } catch (error) {
        failures++
        logger.warn({ err: error, loop: name, failures }, 'a background loop failed; trying again')
      }
      if (found > 0) continue
      const pause = failures === 0 ? everyMs : Math.min(PAUSE_MAX_MS, everyMs * 2 ** Math.min(failures, 10))
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {}) // cut short by stop()
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
