import type { PolicyEntry } from '@/lib/products/gateway-config'
import type { UpstreamSettings } from '@/lib/gateway/compile-upstream'

/** What policies change of a product's own time limits and sizes: settled once, at promotion. */
export type UpstreamTuning = Partial<Pick<UpstreamSettings, 'connectTimeoutMs' | 'firstByteTimeoutMs' | 'idleTimeoutMs' | 'totalTimeoutMs' | 'bodyBytesMax' | 'responseBytesMax' | 'retries'>>

/** Null where no policy of the chain says anything about it. Of several of one kind the last one counts. */
export function tuneUpstream(policies: readonly PolicyEntry[]): UpstreamTuning | null {
  const tuning: UpstreamTuning = {}
  for (const { name, enabled, configuration } of policies) {
    if (!enabled) continue
    const number = (key: string) => (typeof configuration[key] === 'number' ? (configuration[key] as number) : null)
    if (name === 'upstream_connection') {
      const [connect, send, read] = [number('connect_timeout'), number('send_timeout'), number('read_timeout')]
      if (connect !== null) tuning.connectTimeoutMs = connect * 1000
      // Sending and waiting for the first byte are one wait here, so the longer of the two holds for both.
      const first = Math.max(send ?? 0, read ?? 0)
      if (first > 0) tuning.firstByteTimeoutMs = first * 1000
      if (read !== null) tuning.idleTimeoutMs = read * 1000
    }
    if (name === 'retry') tuning.retries = number('retries') ?? 1
    if (name === 'payload_limits') {
      // 0 is APIcast's "no limit of this policy".
      if (number('request')) tuning.bodyBytesMax = number('request')!
      if (number('response')) tuning.responseBytesMax = number('response')!
    }
  }
  return Object.keys(tuning).length > 0 ? tuning : null
}
