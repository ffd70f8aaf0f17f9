import { describe, expect, it } from 'vitest'
import { AppError } from '@/lib/errors'
import type { ConsumeResult, CounterStore, CounterSubject, LimitRule, LoadCounters, StoredCounter } from '@/lib/metering/counter-store'
import { windowOf } from '@/lib/metering/periods'

const HITS = 1
const SEARCH = 2

/** What every counter store promises; `open` gives a fresh store by the system's clock, `ids` subjects nobody used before. */
export function describeCounterStore(name: string, open: (load: LoadCounters) => Promise<CounterStore>): void {
  let lastId = Math.floor(Math.random() * 1e9) * 1000
  const application = (limits: LimitRule[], productId = 1): CounterSubject => ({ tenantId: 1, productId, environment: 'production', subject: `app:${++lastId}`, limits })
  const endUser = (limits: LimitRule[], productId = 1): CounterSubject => ({ tenantId: 1, productId, environment: 'production', subject: `user:${++lastId}`, limits })
  const nothing: LoadCounters = async () => []
  const hits = (value = 1) => new Map([[HITS, value]])
  const withStore = async (load: LoadCounters, use: (store: CounterStore) => Promise<void>) => {
    const store = await open(load)
    try {
      await use(store)
    } finally {
      await store.close()
    }
  }
  const consume = async (store: CounterStore, subjects: CounterSubject[], usage: Map<number, number>): Promise<ConsumeResult> => store.consume({ subjects, usage, at: Date.now() })
  const currents = async (store: CounterStore, ...subjects: CounterSubject[]) => (await store.read(subjects, Date.now())).map((state) => state.current)

  describe(`${name} counters`, () => {
    it('USE-4 400 parallel calls against a limit of 15 let exactly 15 through', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 15 }])
        const results = await Promise.all(Array.from({ length: 400 }, () => consume(store, [app], hits())))
        expect(results.filter((result) => result.admitted)).toHaveLength(15)
        expect(await currents(store, app)).toEqual([15])
      }))

    it('USE-4 several limits are taken all or none', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'eternity', value: 100 }, { metricId: SEARCH, period: 'year', value: 3 }])
        const results = await Promise.all(Array.from({ length: 20 }, () => consume(store, [app], new Map([[HITS, 1], [SEARCH, 1]]))))
        expect(results.filter((result) => result.admitted)).toHaveLength(3)
        expect(await currents(store, app)).toEqual([3, 3])
      }))

    it('USE-4 an application and its end user are taken both or none', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 10 }])
        const small = endUser([{ metricId: HITS, period: 'year', value: 2 }])
        const large = endUser([{ metricId: HITS, period: 'year', value: 1000 }])
        const results = await Promise.all(Array.from({ length: 60 }, (_, i) => consume(store, [app, i % 2 ? small : large], hits())))
        const admitted = (odd: number) => results.filter((result, i) => result.admitted && i % 2 === odd).length
        expect(admitted(0) + admitted(1)).toBe(10)
        expect(admitted(1)).toBeLessThanOrEqual(2)
        expect(await currents(store, app, small, large)).toEqual([10, admitted(1), admitted(0)])
      }))

    it('an end user is shared by the applications of a product', () =>
      withStore(nothing, async (store) => {
        const user = endUser([{ metricId: HITS, period: 'year', value: 5 }])
        const apps = [application([]), application([{ metricId: HITS, period: 'day', value: 1_000_000 }])]
        const results = await Promise.all(Array.from({ length: 40 }, (_, i) => consume(store, [apps[i % 2]!, user], hits())))
        expect(results.filter((result) => result.admitted)).toHaveLength(5)
      }))

    it('environments count apart', () =>
      withStore(nothing, async (store) => {
        const production = application([{ metricId: HITS, period: 'year', value: 1 }])
        const staging: CounterSubject = { ...production, environment: 'staging' }
        expect((await consume(store, [production], hits())).admitted).toBe(true)
        expect((await consume(store, [staging], hits())).admitted).toBe(true)
        expect((await consume(store, [production], hits())).admitted).toBe(false)
      }))

    it('a refused call tells which limit refused, of several the one that stays closed longest, and counts nothing', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 2 }, { metricId: HITS, period: 'eternity', value: 2 }])
        expect((await consume(store, [app], hits(2))).admitted).toBe(true)
        const refused = await consume(store, [app], hits())
        expect(refused).toMatchObject({ admitted: false, exceeded: { subject: app.subject, metricId: HITS, period: 'eternity', limit: 2, current: 2, windowStart: 0, windowEnd: null } })
        expect(await currents(store, app)).toEqual([2, 2])
      }))

    it('an admitted call tells the values after it, with their windows', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 10 }, { metricId: SEARCH, period: 'year', value: 10 }])
        await consume(store, [app], hits(3))
        const { states } = await consume(store, [app], hits(4))
        const year = windowOf('year', Date.now())
        expect(states).toEqual([{ subject: app.subject, metricId: HITS, period: 'year', limit: 10, current: 7, windowStart: year.start, windowEnd: year.end, added: 4 }])
      }))

    it('a limit of 0 refuses, and a call without usage passes while nothing is over', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 0 }])
        expect((await consume(store, [app], hits())).admitted).toBe(false)
        expect((await consume(store, [app], new Map())).admitted).toBe(true)
      }))

    it('a lowered limit refuses calls without usage as soon as it is passed', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 5 }])
        await consume(store, [app], hits(5))
        expect((await consume(store, [app], new Map())).admitted).toBe(true)
        expect((await consume(store, [{ ...app, limits: [{ metricId: HITS, period: 'year', value: 4 }] }], new Map())).admitted).toBe(false)
      }))

    it('a metric without a limit is not refused', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: SEARCH, period: 'year', value: 0 }])
        expect(await consume(store, [app], hits(1_000_000))).toEqual({ admitted: true, states: [] })
      }))

    it('a set value replaces the counters of every period, above or below, and is compared by itself (4.9)', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 10 }, { metricId: HITS, period: 'eternity', value: 20 }])
        const set = (value: number) => store.consume({ subjects: [app], usage: new Map(), sets: new Map([[HITS, value]]), at: Date.now() })
        await consume(store, [app], hits(9))
        expect(await set(11)).toMatchObject({ admitted: false, exceeded: { period: 'year', current: 9 } })
        expect(await currents(store, app)).toEqual([9, 9])
        expect(await set(10)).toMatchObject({ admitted: true, states: [{ current: 10, added: 1 }, { current: 10, added: 1 }] })
        expect((await consume(store, [app], hits())).admitted).toBe(false)
        expect(await set(4)).toMatchObject({ admitted: true, states: [{ current: 4, added: -6 }, { current: 4, added: -6 }] })
        expect((await consume(store, [app], hits(6))).admitted).toBe(true)
        await set(0)
        expect(await currents(store, app)).toEqual([0, 0])
      }))

    it('set values and increments of one call are taken all or none', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 10 }, { metricId: SEARCH, period: 'year', value: 1 }])
        const call = (searches: number) => store.consume({ subjects: [app], usage: new Map([[SEARCH, searches]]), sets: new Map([[HITS, 7]]), at: Date.now() })
        expect((await call(2)).admitted).toBe(false)
        expect(await currents(store, app)).toEqual([0, 0])
        expect((await call(1)).admitted).toBe(true)
        expect(await currents(store, app)).toEqual([7, 1])
      }))

    it('a report counts without asking the limits', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 4 }])
        const report = (usage: Map<number, number>, sets: Map<number, number> | null = null) => store.consume({ subjects: [app], usage, sets, at: Date.now(), force: true })
        expect(await report(hits(5))).toMatchObject({ admitted: true, states: [{ current: 5, limit: 4, added: 5 }] })
        expect(await currents(store, app)).toEqual([5])
        await report(new Map(), new Map([[HITS, 50]]))
        expect(await currents(store, app)).toEqual([50])
      }))

    it('a report of the past moves the windows that still hold its time and no other', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 100 }, { metricId: HITS, period: 'eternity', value: 100 }])
        await consume(store, [app], hits(2))
        const before = windowOf('year', Date.now()).start - 1
        const { states } = await store.consume({ subjects: [app], usage: hits(3), at: before, force: true })
        expect(states).toMatchObject([{ period: 'eternity', current: 5, added: 3 }])
        expect(await currents(store, app)).toEqual([2, 5])
        await store.consume({ subjects: [app], usage: hits(1), at: windowOf('year', Date.now()).start, force: true })
        expect(await currents(store, app)).toEqual([3, 6])
      }))

    it('a report that claims the future counts now', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 100 }])
        await store.consume({ subjects: [app], usage: hits(3), at: Date.now() + 3 * 366 * 86_400_000, force: true })
        expect(await store.read([app], Date.now())).toMatchObject([{ current: 3, windowStart: windowOf('year', Date.now()).start }])
      }))

    it('usage of 0 selects its metric and moves nothing', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 4 }, { metricId: SEARCH, period: 'year', value: 4 }])
        await store.consume({ subjects: [app], usage: hits(5), at: Date.now(), force: true })
        expect((await consume(store, [app], hits(0))).admitted).toBe(false)
        expect((await consume(store, [app], new Map([[SEARCH, 0]]))).admitted).toBe(true)
        expect(await currents(store, app)).toEqual([5, 0])
      }))

    it('counts beyond 32 bits exactly', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'eternity', value: 9_000_000_000_000_000 }])
        await consume(store, [app], hits(8_999_999_999_999_998))
        expect((await consume(store, [app], hits(3))).admitted).toBe(false)
        expect((await consume(store, [app], hits(2))).admitted).toBe(true)
        expect(await currents(store, app)).toEqual([9_000_000_000_000_000])
      }))

    it('goes on from what is stored, and asks for it once however many calls wait', async () => {
      let loads = 0
      const load: LoadCounters = async (): Promise<StoredCounter[]> => {
        loads++
        await new Promise((resolve) => setTimeout(resolve, 20))
        return [{ metricId: HITS, period: 'year', windowStart: windowOf('year', Date.now()).start, value: 12 }]
      }
      await withStore(load, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 15 }])
        const results = await Promise.all(Array.from({ length: 50 }, () => consume(store, [app], hits())))
        expect(results.filter((result) => result.admitted)).toHaveLength(3)
        expect(loads).toBe(1)
      })
    })

    it('a limit that is new goes on from what is stored of it, and what is counted already is not read again', async () => {
      const { start } = windowOf('year', Date.now())
      const stored: StoredCounter[] = [{ metricId: HITS, period: 'year', windowStart: start, value: 2 }]
      await withStore(async () => stored, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 10 }])
        await consume(store, [app], hits(3))
        stored.push({ metricId: SEARCH, period: 'year', windowStart: start, value: 6 })
        const grown: CounterSubject = { ...app, limits: [...app.limits, { metricId: SEARCH, period: 'year', value: 8 }, { metricId: SEARCH, period: 'eternity', value: 8 }] }
        const results = await Promise.all(Array.from({ length: 20 }, () => consume(store, [grown], new Map([[SEARCH, 1]]))))
        expect(results.filter((result) => result.admitted)).toHaveLength(2)
        expect(await currents(store, grown)).toEqual([5, 8, 2])
      })
    })

    it('USE-3 a window that has ended counts for nothing', async () => {
      const before = windowOf('year', windowOf('year', Date.now()).start - 1)
      const load: LoadCounters = async () => [{ metricId: HITS, period: 'year', windowStart: before.start, value: 15 }]
      await withStore(load, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 15 }])
        expect((await consume(store, [app], hits(15))).admitted).toBe(true)
        expect((await consume(store, [app], hits())).admitted).toBe(false)
      })
    })

    it('USE-3 time never runs backwards: a window ahead of the clock goes on counting', async () => {
      const next = windowOf('year', windowOf('year', Date.now()).end!)
      const load: LoadCounters = async () => [{ metricId: HITS, period: 'year', windowStart: next.start, value: 14 }]
      await withStore(load, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 15 }])
        const admitted = await consume(store, [app], hits())
        expect(admitted).toMatchObject({ admitted: true, states: [{ current: 15, windowStart: next.start, windowEnd: next.end }] })
        expect((await consume(store, [app], hits())).admitted).toBe(false)
      })
    })

    it('every period has its own counter and the calendar window', () =>
      withStore(nothing, async (store) => {
        const all = ['minute', 'hour', 'day', 'week', 'month', 'year', 'eternity'] as const
        const app = application(all.map((period) => ({ metricId: HITS, period, value: 100 })))
        const at = Date.now()
        const { states } = await consume(store, [app], hits())
        for (const state of states) {
          expect(state.current).toBe(1)
          expect([windowOf(state.period, at).start, windowOf(state.period, Date.now()).start]).toContain(state.windowStart)
          expect(state.windowEnd).toBe(windowOf(state.period, state.windowStart).end)
        }
      }))

    it('reading changes nothing and tells all limits', () =>
      withStore(nothing, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 5 }, { metricId: SEARCH, period: 'year', value: 5 }])
        await consume(store, [app], hits(2))
        expect(await currents(store, app)).toEqual([2, 0])
        expect(await currents(store, app)).toEqual([2, 0])
      }))

    it('refuses as unavailable while what is stored cannot be read, and recovers by itself', async () => {
      let away = true
      const load: LoadCounters = async () => {
        if (away) throw new AppError('unavailable')
        return []
      }
      await withStore(load, async (store) => {
        const app = application([{ metricId: HITS, period: 'year', value: 1 }])
        await expect(consume(store, [app], hits())).rejects.toMatchObject({ code: 'unavailable' })
        away = false
        expect((await consume(store, [app], hits())).admitted).toBe(true)
      })
    })
  })
}
