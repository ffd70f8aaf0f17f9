import type { Bursts } from '@/lib/products/gateway-config'

/** For the form: what stands in its fields. A file of its own, for the browser takes it along and the schemas stay behind (CSP-1: they try `eval`). */
export function fieldsOfBursts(value: Bursts | null): Record<'bucketPerSecond' | 'bucketSize' | 'windowCalls' | 'windowSeconds' | 'concurrency', string> {
  const text = (number: number | null | undefined) => (number == null ? '' : String(number))
  return {
    bucketPerSecond: text(value?.bucket?.perSecond),
    bucketSize: text(value?.bucket?.size),
    windowCalls: text(value?.window?.calls),
    windowSeconds: text(value?.window?.seconds),
    concurrency: text(value?.concurrency),
  }
}
