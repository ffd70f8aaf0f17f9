import { describe, expect, it } from 'vitest'
import { fixedClock, systemClock } from '@/lib/clock'
import type { ConsumeResult, CounterSubject, StoredCounter } from '@/lib/metering/counter-store'
import { describeCounterStore } from '@/lib/metering/counter-store.contract'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'

describeCounterStore('memory', async (load) => createMemoryCounterStore({ clock: systemClock, load }))

const subject = (id: number, value = 15): CounterSubject => ({ tenantId: 1, productId: 1, environment: 'production', subject: `app:${id}`, limits: [{ metricId: 1, period: 'minute', value }] })
const oneHit = new Map([[1, 1]])

describe('memory counters in time', () => {
  const start = Date.parse('2026-11-23T12:00:59.990Z')

  it('answers without a promise once a subject is loaded', async () => {
    const store = createMemoryCounterStore({ clock: fixedClock(start), load: async () => [] })
    const app = subject(1)
    const request = { subjects: [app], usage: oneHit, at: start }
    expect(store.consume(request)).toBeInstanceOf(Promise)
    await store.read([app], start)
    expect((store.consume(request) as ConsumeResult).admitted).toBe(true)
  })

  it('USE-3 a window rolls at its end, to the millisecond', async () => {
    const store = createMemoryCounterStore({ clock: fixedClock(start), load: async () => [] })
    const app = subject(1, 1)
    const at = (time: number) => store.consume({ subjects: [app], usage: oneHit, at: time })
    expect((await at(start)).admitted).toBe(true)
    expect((await at(start + 9)).admitted).toBe(false)
    expect(await at(start + 10)).toMatchObject({ admitted: true, states: [{ windowStart: start + 10, windowEnd: start + 60_010 }] })
    expect((await at(start + 60_009)).admitted).toBe(false)
    expect((await at(start + 60_010)).admitted).toBe(true)
  })

  it('USE-3 a clock set back opens no window again', async () => {
    const store = createMemoryCounterStore({ clock: fixedClock(start), load: async () => [] })
    const app = subject(1, 1)
    expect((await store.consume({ subjects: [app], usage: oneHit, at: start + 10 })).admitted).toBe(true)
    expect((await store.consume({ subjects: [app], usage: oneHit, at: start - 3_600_000 })).admitted).toBe(false)
  })

  it('lets go of quiet subjects and counts them again from what is stored', async () => {
    const clock = fixedClock(start)
    const stored = new Map<string, StoredCounter[]>()
    const loads: string[] = []
    const store = createMemoryCounterStore({ clock, subjectsMax: 10, load: async ({ subject }) => (loads.push(subject), stored.get(subject) ?? []) })
    for (let id = 1; id <= 30; id++) {
      clock.advance(6_000)
      const result = await store.consume({ subjects: [subject(id)], usage: oneHit, at: clock.now() })
      if (result.admitted) stored.set(`app:${id}`, result.states.map(({ metricId, period, windowStart, current }) => ({ metricId, period, windowStart, value: current })))
    }
    expect(loads).toHaveLength(30)
    const again = await store.consume({ subjects: [subject(25)], usage: oneHit, at: clock.now() })
    expect(loads).toHaveLength(30)
    const evicted = await store.consume({ subjects: [subject(18)], usage: oneHit, at: clock.now() })
    expect(loads).toHaveLength(31)
    expect([again.admitted, evicted.admitted]).toEqual([true, true])
  })

  it('never lets go of a busy subject: beyond the bound new ones are told we are busy', async () => {
    const clock = fixedClock(start)
    const store = createMemoryCounterStore({ clock, subjectsMax: 5, load: async () => [] })
    for (let id = 1; id <= 5; id++) await store.consume({ subjects: [subject(id)], usage: oneHit, at: clock.now() })
    await expect(store.consume({ subjects: [subject(6)], usage: oneHit, at: clock.now() })).rejects.toMatchObject({ code: 'busy' })
    clock.advance(5_000)
    expect((await store.consume({ subjects: [subject(6)], usage: oneHit, at: clock.now() })).admitted).toBe(true)
  })
})
