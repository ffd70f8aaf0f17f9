/**
 * How long Redis has owed answers without giving any: milliseconds since the last one, whichever call it was for and
 * whether that had been given up or not. Told in ticks of our own: in a process that was kept from running a tick lasts longer.
 */
export type RedisSilence = {
  watch(answer: Promise<unknown>): void
  ms(): number
}

export function createRedisSilence(): RedisSilence {
  let owed = 0
  let silentMs = 0
  let timer: NodeJS.Timeout | null = null
  const tick = () => {
    // What waits in the socket of a process that was busy is read first.
    timer = setTimeout(() => setImmediate(look), TICK_MS)
    timer.unref()
  }
  const look = () => {
    timer = null
    if (owed === 0) return
    silentMs += TICK_MS
    tick()
  }
  return {
    watch(answer) {
      owed++
      if (!timer) tick()
      answer.then(
        () => {
          owed--
          silentMs = 0
        },
        // The client gave it up, or has no connection: nothing was heard.
        () => void owed--,
      )
    },
    ms: () => silentMs,
  }
}

const TICK_MS = 25
