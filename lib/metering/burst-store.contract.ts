import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { BurstPass, BurstStore, BurstSubject } from '@/lib/metering/burst-store'
import type { Bursts } from '@/lib/products/gateway-config'

/** What every burst store promises; `open` gives a fresh store. */
export function describeBurstStore(name: string, open: () => Promise<BurstStore>): void {
  let last = Math.floor(Math.random() * 1e9) * 1000
  const subjectOf = (bursts: Partial<Bursts>, productId = 1): BurstSubject => ({ productId, environment: 'production', subject: `app:${++last}`, bursts: { bucket: null, window: null, concurrency: null, ...bursts } })
  const take = async (store: BurstStore, ...subjects: BurstSubject[]) => store.take({ subjects, id: `call-${++last}`, at: Date.now(), lastsMsMax: 60_000 })
  const passOf = async (store: BurstStore, subject: BurstSubject): Promise<BurstPass> => {
    const taken = await take(store, subject)
    if (!taken.admitted) throw new Error('refused')
    return taken.pass
  }
  const withStore = async (use: (store: BurstStore) => Promise<void>) => {
    const store = await open()
    try {
      await use(store)
    } finally {
      await store.close()
    }
  }
  const count = async (store: BurstStore, calls: number, ...subjects: BurstSubject[]) => (await Promise.all(Array.from({ length: calls }, () => take(store, ...subjects)))).filter(({ admitted }) => admitted).length

  describe(`${name} bursts`, () => {
    it('USE-4 of 100 parallel calls exactly the size of the bucket pass', () =>
      withStore(async (store) => expect(await count(store, 100, subjectOf({ bucket: { perSecond: 0.001, size: 12 } }))).toBe(12)))

    it('USE-4 of 100 parallel calls exactly those of the sliding window pass', () =>
      withStore(async (store) => expect(await count(store, 100, subjectOf({ window: { calls: 9, seconds: 3600 } }))).toBe(9)))

    it('USE-4 of 100 parallel calls exactly as many are under way as may be, and each that ends lets one in', () =>
      withStore(async (store) => {
        const app = subjectOf({ concurrency: 7 })
        const taken = await Promise.all(Array.from({ length: 100 }, () => take(store, app)))
        const passes = taken.flatMap((result) => (result.admitted ? [result.pass] : []))
        expect(passes).toHaveLength(7)
        expect(await take(store, app)).toMatchObject({ admitted: false, exceeded: { kind: 'concurrency', limit: 7, left: 0, retryMs: 1_000, resetMs: null } })
        for (const pass of passes.slice(0, 3)) await store.release(pass)
        expect(await count(store, 20, app)).toBe(3)
      }))

    it('whoever only looks hears what taking would say, and no call after it finds anything gone', () =>
      withStore(async (store) => {
        const app = subjectOf({ bucket: { perSecond: 0.001, size: 2 }, window: { calls: 2, seconds: 3600 }, concurrency: 2 })
        const look = async () => store.take({ subjects: [app], id: `look-${++last}`, at: Date.now(), lastsMsMax: 60_000, looksOnly: true })
        const told = (result: Awaited<ReturnType<typeof look>>) => [result.admitted, ...result.states.map(({ kind, left }) => `${kind} ${left}`)]
        for (let i = 0; i < 5; i++) expect(told(await look())).toEqual([true, 'bucket 1', 'window 1', 'concurrency 1'])
        expect(told(await take(store, app))).toEqual([true, 'bucket 1', 'window 1', 'concurrency 1'])
        expect(told(await look())).toEqual([true, 'bucket 0', 'window 0', 'concurrency 0'])
        expect(await count(store, 10, app)).toBe(1)
        expect(told(await look())).toEqual([false, 'bucket 0', 'window 0', 'concurrency 0'])
      }))

    it('takes all parts of all subjects or none', () =>
      withStore(async (store) => {
        const product = subjectOf({ window: { calls: 3, seconds: 3600 } })
        const app = subjectOf({ bucket: { perSecond: 0.001, size: 10 }, concurrency: 10 })
        expect(await count(store, 20, product, app)).toBe(3)
        // What was refused for the product's sake took nothing of the application's.
        expect(await take(store, app)).toMatchObject({ admitted: true, states: [{ kind: 'bucket', left: 6 }, { kind: 'concurrency', left: 6 }] })
      }))

    it('what is given back is there again', () =>
      withStore(async (store) => {
        const app = subjectOf({ bucket: { perSecond: 0.001, size: 2 }, window: { calls: 2, seconds: 3600 }, concurrency: 2 })
        for (let i = 0; i < 6; i++) await store.undo(await passOf(store, app))
        expect(await count(store, 10, app)).toBe(2)
      }))

    it('the end of a call frees its place, not its token', () =>
      withStore(async (store) => {
        const app = subjectOf({ bucket: { perSecond: 0.001, size: 3 }, concurrency: 1 })
        for (let i = 0; i < 3; i++) await store.release(await passOf(store, app))
        expect(await take(store, app)).toMatchObject({ admitted: false, exceeded: { kind: 'bucket' } })
      }))

    it('says how many calls are left, until when, and when a refused one may come again', () =>
      withStore(async (store) => {
        const app = subjectOf({ bucket: { perSecond: 0.5, size: 1 }, window: { calls: 1, seconds: 3600 } })
        expect(await take(store, app)).toMatchObject({ admitted: true, states: [{ kind: 'bucket', limit: 1, left: 0, windowMs: 2_000, retryMs: 0 }, { kind: 'window', limit: 1, left: 0, windowMs: 3_600_000, retryMs: 0 }] })
        const refused = await take(store, app)
        if (refused.admitted) throw new Error('admitted')
        expect(refused.exceeded.kind).toBe('window')
        expect(refused.exceeded.retryMs).toBeGreaterThan(3_590_000)
        expect(refused.exceeded.retryMs).toBeLessThanOrEqual(3_600_000)
        expect(refused.states[0]!.retryMs).toBeLessThanOrEqual(2_000)
      }))

    it('a bucket fills again, and a window lets the next call in when the oldest has left it', () =>
      withStore(async (store) => {
        const bucket = subjectOf({ bucket: { perSecond: 20, size: 1 } })
        const window = subjectOf({ window: { calls: 1, seconds: 1 } })
        expect([(await take(store, bucket)).admitted, (await take(store, window)).admitted]).toEqual([true, true])
        await sleep(1_100)
        expect([(await take(store, bucket)).admitted, (await take(store, window)).admitted]).toEqual([true, true])
      }))
  })
}
