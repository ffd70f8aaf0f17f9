import type { IncomingMessage } from 'node:http'

/** How long bodies may take: all of it within `totalMs`, or, on the gateway, never `idleMs` without a byte. */
export type BodyPatience = { totalMs: number } | { idleMs: number }

type Watched = { patience: BodyPatience; since: number; bytes: number }

export type BodyWatch = { add(request: IncomingMessage, patience: BodyPatience): void; close(): void }

/** One timer for all bodies on their way in; `onLate` is called once for each that ran out of time (HTTP-1). */
export function watchBodies(onLate: (request: IncomingMessage) => void, everyMs = 2_000): BodyWatch {
  const watched = new Map<IncomingMessage, Watched>()

  const look = () => {
    const now = performance.now()
    for (const [request, entry] of watched) {
      if (request.complete || request.socket.destroyed) {
        watched.delete(request)
        continue
      }
      const { bytesRead } = request.socket
      if ('idleMs' in entry.patience && bytesRead !== entry.bytes) {
        entry.bytes = bytesRead
        entry.since = now
      } else if (now - entry.since > ('idleMs' in entry.patience ? entry.patience.idleMs : entry.patience.totalMs)) {
        watched.delete(request)
        onLate(request)
      }
    }
  }
  const timer = setInterval(look, everyMs)
  timer.unref()

  return {
    add(request, patience) {
      if (request.complete) return
      watched.set(request, { patience, since: performance.now(), bytes: request.socket.bytesRead })
      request.once('close', () => watched.delete(request))
    },
    close: () => clearInterval(timer),
  }
}
