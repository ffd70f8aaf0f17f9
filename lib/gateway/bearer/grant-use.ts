import { logger } from '@/lib/logger'

/**
 * When each grant was last used, told to the database every few seconds in one statement and never by a call. The few
 * seconds before a crash are lost, which nobody misses.
 */
export type GrantUse = { note(grantId: number, at: number): void; flush(): Promise<void> }

const EVERY_MS = 5_000
const WAITING_MAX = 50_000

export function createGrantUse(write: (uses: { id: number; at: number }[]) => Promise<void>): GrantUse {
  const waiting = new Map<number, number>()
  let timer: NodeJS.Timeout | null = null

  const flush = async () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (waiting.size === 0) return
    const uses = [...waiting].map(([id, at]) => ({ id, at }))
    waiting.clear()
    await write(uses).catch((error: unknown) => logger.warn({ err: error }, 'the last use of grants could not be noted'))
  }

  return {
    flush,
    note(grantId, at) {
      if (waiting.size >= WAITING_MAX && !waiting.has(grantId)) return
      waiting.set(grantId, at)
      timer ??= setTimeout(() => void flush(), EVERY_MS).unref()
    },
  }
}
