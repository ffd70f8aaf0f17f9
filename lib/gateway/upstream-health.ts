import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import { logger } from '@/lib/logger'
import type { HealthCheck } from '@/lib/products/gateway-config'
import { egressPoolOptions } from '@/lib/http/egress/connect'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import type { UpstreamSettings } from '@/lib/gateway/compile-upstream'

/**
 * Active health checks of mounted servers. A server is asked while its product gets calls and for a little longer,
 * never because a row says so: a thousand idle products cost nothing. What is not checked counts as up.
 */
export type UpstreamHealth = {
  /** A call is about to go to the backend this server belongs to: check it from now on. */
  watch(server: UpstreamSettings, check: HealthCheck, now: number): void
  isUp(key: string): boolean
  close(): Promise<void>
}

type Watched = { server: UpstreamSettings; check: HealthCheck; seenAt: number; up: boolean; streak: number; stop: AbortController; ended: Promise<void> }

type Options = { policy?: EgressPolicy; checksMax?: number; quietMs?: number }

/** `quietMs`: how long after its last call a server is still checked, at the least. */
export function createUpstreamHealth({ policy, checksMax = 1_000, quietMs = 60_000 }: Options = {}): UpstreamHealth {
  const watched = new Map<string, Watched>()

  const start = (server: UpstreamSettings, check: HealthCheck, now: number) => {
    const entry: Watched = { server, check, seenAt: now, up: true, streak: 0, stop: new AbortController(), ended: Promise.resolve() }
    watched.set(server.key, entry)
    entry.ended = run(entry)
  }

  const run = async (entry: Watched): Promise<void> => {
    const { server, stop } = entry
    while (!stop.signal.aborted) {
      try {
        await sleep(entry.check.intervalSeconds * 1000, undefined, { signal: stop.signal, ref: false })
      } catch {
        // Closed while it waited.
        break
      }
      if (Date.now() - entry.seenAt > Math.max(quietMs, 3 * entry.check.intervalSeconds * 1000)) break
      note(entry, await answersWell(entry, policy))
    }
    if (watched.get(server.key) === entry) watched.delete(server.key)
  }

  return {
    watch(server, check, now) {
      const entry = watched.get(server.key)
      if (!entry) {
        if (watched.size < checksMax) start(server, check, now)
        return
      }
      entry.seenAt = now
      // A new version of the product brings new objects; what was found out about the server stays.
      entry.server = server
      entry.check = check
    },
    isUp: (key) => watched.get(key)?.up ?? true,
    async close() {
      const all = [...watched.values()]
      for (const entry of all) entry.stop.abort()
      await Promise.all(all.map((entry) => entry.ended))
      watched.clear()
    },
  }
}

/** So many answers of the other kind in a row change the state. */
function note(entry: Watched, well: boolean): void {
  if (well === entry.up) {
    entry.streak = 0
    return
  }
  const needed = well ? entry.check.healthyAfter : entry.check.unhealthyAfter
  if (++entry.streak < needed) return
  entry.up = well
  entry.streak = 0
  logger.info({ origin: entry.server.origin, up: well }, well ? 'a server answers its health check again' : 'a server fails its health check and gets no calls')
}

/** 2xx and 3xx are well. One connection of its own each time: a lane that is full of slow calls says nothing about health. */
async function answersWell({ server, check, stop }: Watched, policy: EgressPolicy | undefined): Promise<boolean> {
  const { timeoutMs } = check
  const client = new Client(server.origin, egressPoolOptions({ connectTimeoutMs: timeoutMs, firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs, policy }))
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const headers = ['Host', server.host, 'User-Agent', 'Gatehouse-Health-Check', 'X-3scale-proxy-secret-token', server.secretToken]
    const options = { path: server.basePath + check.path, method: 'GET' as const, headers, signal, servername: server.servername || undefined }
    const { statusCode, body } = await client.request(options as Parameters<Client['request']>[0])
    body.on('error', () => {}).destroy() // the head has said everything
    return statusCode >= 200 && statusCode < 400
  } catch {
    // Not reached, too slow, or not HTTP: all the same to whoever would be sent there.
    return false
  } finally {
    client.destroy().catch(() => {})
  }
}
