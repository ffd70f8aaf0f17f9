import { isAppError } from '@/lib/errors'
import type { BurstPass, BurstRequest, BurstResult, BurstStore, BurstSubject } from '@/lib/metering/burst-store'
import { createMemoryBurstStore } from '@/lib/metering/memory-burst-store'

/**
 * While the shared bursts are away or late (security 17), every process goes on alone with its share: the bounds divided
 * by the number of processes, at least one. Unlike limits, bursts are never refused as unavailable.
 */
export function createFallbackBurstStore({ main, processes }: { main: BurstStore; processes: () => number }): BurstStore {
  const alone = createMemoryBurstStore()
  const takenAlone = new WeakSet<BurstPass>()
  const shares = new WeakMap<BurstSubject, { of: number; subject: BurstSubject }>()

  function shareOf(subject: BurstSubject): BurstSubject {
    const count = processes()
    let share = shares.get(subject)
    if (share?.of !== count) {
      const { bucket, window, concurrency } = subject.bursts
      const part = (value: number) => Math.max(1, Math.floor(value / count))
      const bursts = {
        bucket: bucket && { perSecond: bucket.perSecond / count, size: part(bucket.size) },
        window: window && { ...window, calls: part(window.calls) },
        concurrency: concurrency === null ? null : part(concurrency),
      }
      shares.set(subject, (share = { of: count, subject: { ...subject, bursts } }))
    }
    return share.subject
  }

  async function takeAlone(request: BurstRequest): Promise<BurstResult> {
    const result = await alone.take({ ...request, subjects: request.subjects.map(shareOf) })
    if (result.admitted) takenAlone.add(result.pass)
    return result
  }

  return {
    async take(request) {
      try {
        return await main.take(request)
      } catch (error) {
        if (!isAppError(error) || error.code !== 'unavailable') throw error
        return takeAlone(request)
      }
    },
    release: (pass) => (takenAlone.has(pass) ? alone : main).release(pass),
    undo: (pass) => (takenAlone.has(pass) ? alone : main).undo(pass),
    close: () => main.close(),
  }
}
