import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fixedClock } from '@/lib/clock'
import { createLiveCache } from '@/lib/gateway/live-cache'
import type { LiveCache } from '@/lib/gateway/live-cache'

type Thing = { id: number; tenantId?: number }

describe('createLiveCache', () => {
  const clock = fixedClock('2026-01-01')
  let cache: LiveCache<Thing>
  let reads: number
  beforeEach(() => {
    clock.set('2026-01-01')
    cache = createLiveCache<Thing>({ name: 'things', max: 100, clock, of: ({ id, tenantId = 1 }) => ({ id, tenantId }), loadsMax: 3, timeoutMs: 50 })
    reads = 0
  })
  const get = async (key: string, read: () => Promise<Thing | null>) => {
    const known = cache.peek(key, clock.now())
    return known === undefined ? cache.load(key, clock.now(), () => (reads++, read())) : known
  }
  const away = () => Promise.reject(new Error('connection refused'))

  it('asks once for what many want at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('a', async () => ({ id: 1 }))))
    expect([reads, answers.every((answer) => answer?.id === 1)]).toEqual([1, true])
  })

  it('is fresh for a minute, and remembers for a second that something does not exist', async () => {
    await get('a', async () => ({ id: 1 }))
    await get('none', async () => null)
    clock.advance(999)
    expect([cache.peek('a', clock.now()), cache.peek('none', clock.now())]).toEqual([{ id: 1 }, null])
    clock.advance(1)
    expect(cache.peek('none', clock.now())).toBeUndefined()
    clock.advance(58_999)
    expect(cache.peek('a', clock.now())).toEqual({ id: 1 })
    clock.advance(1)
    expect(cache.peek('a', clock.now())).toBeUndefined()
  })

  it('serves up to five minutes old while the database is away, asks it once a second, and is back with the first good answer', async () => {
    await get('a', async () => ({ id: 1 }))
    clock.advance(61_000)
    expect(await get('a', away)).toEqual({ id: 1 })
    expect(await get('a', away)).toEqual({ id: 1 })
    await expect(get('b', away)).rejects.toMatchObject({ code: 'unavailable' })
    expect(reads).toBe(2)
    clock.advance(1_001)
    expect(await get('a', async () => ({ id: 2 }))).toEqual({ id: 2 })
    expect(await get('b', async () => ({ id: 3 }))).toEqual({ id: 3 })
    clock.advance(300_000)
    await expect(get('a', away)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it.each([Object.assign(new Error('invalid byte sequence'), { code: '22021' }), new TypeError('a stored config that cannot be read')])('what is wrong with one entry keeps nobody else waiting: %s', async (error) => {
    await expect(get('odd', () => Promise.reject(error))).rejects.toMatchObject({ code: 'unavailable' })
    expect(await get('b', async () => ({ id: 2 }))).toEqual({ id: 2 })
  })

  it('a database that hangs counts as away', async () => {
    await expect(get('a', () => new Promise(() => {}))).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('what was being read while something changed is not remembered, and not joined by who comes after', async () => {
    let answer!: (thing: Thing) => void
    const before = get('a', () => new Promise<Thing>((resolve) => (answer = resolve)))
    cache.forget({ tenants: new Set(), ids: new Set([3]) })
    const after = get('a', async () => ({ id: 2 }))
    answer({ id: 1 })
    expect([(await before)?.id, (await after)?.id]).toEqual([1, 2])
    expect(cache.peek('a', clock.now())).toEqual({ id: 2 })
  })

  it('forgets what a change concerns, and everything remembered as absent', async () => {
    await get('a', async () => ({ id: 1 }))
    await get('b', async () => ({ id: 2 }))
    await get('none', async () => null)
    cache.forget({ tenants: new Set(), ids: new Set([1]) })
    expect([cache.peek('a', clock.now()), cache.peek('b', clock.now()), cache.peek('none', clock.now())]).toEqual([undefined, { id: 2 }, undefined])
  })

  it('forgets all of a tenant, every key of one thing, and nothing else, whatever was replaced or has left before', async () => {
    const put = (key: string, id: number, tenantId: number) => cache.put(key, { id, tenantId })
    const held = (...keys: string[]) => keys.filter((key) => cache.peek(key, clock.now()))
    put('a', 1, 1)
    put('a2', 1, 1)
    put('b', 2, 1)
    put('c', 3, 2)
    put('d', 4, 2)
    put('d', 5, 3)
    cache.forget({ tenants: new Set(), ids: new Set([1, 4]) })
    expect(held('a', 'a2', 'b', 'c', 'd')).toEqual(['b', 'c', 'd'])
    cache.forget({ tenants: new Set([2]), ids: new Set() })
    expect(held('b', 'c', 'd')).toEqual(['b', 'd'])
    for (let i = 0; i < 350; i++) put(`many${i}`, 100 + i, 7)
    put('many0', 100, 8)
    cache.forget({ tenants: new Set([7]), ids: new Set() })
    expect(held('b', 'd', ...Array.from({ length: 350 }, (_, i) => `many${i}`))).toEqual(['many0'])
  })

  it('holds as many as it may: what is in use stays, what is not makes room', () => {
    const held = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => cache.peek(`${prefix}${i}`, clock.now())).filter((value) => value !== undefined).length
    for (let i = 0; i < 50; i++) cache.put(`busy${i}`, { id: i })
    for (let i = 0; i < 1_000; i++) {
      cache.put(`once${i}`, { id: 100 + i })
      if (i % 20 === 0) expect(held('busy', 50)).toBe(50)
    }
    expect(held('busy', 50) + held('once', 1_000)).toBe(100)
    cache.clear()
    for (let i = 0; i < 1_000; i++) cache.put(`next${i}`, { id: i })
    expect([held('busy', 50), held('next', 1_000)]).toEqual([0, 100])
    // Where everything is in use somebody goes all the same.
    cache.put('one more', { id: 7 })
    expect([held('next', 1_000), cache.peek('one more', clock.now())?.id]).toEqual([99, 7])
  })

  it('lets go of what was replaced, whether it had to make room before or not', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    for (const names of [50, 150]) {
      for (let i = 0; i < names; i++) cache.put(`k${i}`, { id: i })
      const replaced = new WeakRef({ id: 0 })
      const put = () => cache.put('k99', replaced.deref()!)
      put()
      for (let round = 0; round < 50; round++) for (let i = 60; i < 100; i++) cache.put(`k${i}`, { id: i })
      // A reference that was just looked at lives to the end of the turn.
      await new Promise((resolve) => setImmediate(resolve))
      collect()
      expect(replaced.deref(), `${names} names`).toBeUndefined()
    }
  })

  describe('with renewal', () => {
    let asked: number[][]
    let answer: (things: Thing[]) => Promise<(Thing | null)[]>
    beforeEach(() => {
      asked = []
      answer = async (things) => things.map(({ id }) => ({ id: id + 100 }))
      const read = (things: Thing[]) => (asked.push(things.map(({ id }) => id)), answer(things))
      cache = createLiveCache<Thing>({ name: 'things', max: 100, clock, of: ({ id }) => ({ id, tenantId: 1 }), timeoutMs: 50, renewal: { read, isFor: ({ id }) => id !== 9 } })
      for (const id of [1, 2, 9]) cache.put(`k${id}`, { id })
    })
    const peek = (...ids: number[]) => ids.map((id) => cache.peek(`k${id}`, clock.now())?.id)

    it('what is a minute old is served on and read again together; what is not for it is looked up', async () => {
      clock.advance(60_000)
      expect([peek(1, 2, 9), peek(1, 2)]).toEqual([[1, 2, undefined], [1, 2]])
      await vi.waitFor(() => expect(peek(1, 2)).toEqual([101, 102]))
      expect(asked).toEqual([[1, 2]])
    })

    it('what is gone is absent; what was forgotten meanwhile does not come back', async () => {
      answer = async ([one]) => [null, ...(one ? [{ id: 102 }] : [])]
      clock.advance(60_000)
      peek(1, 2)
      await vi.waitFor(() => expect(cache.peek('k1', clock.now())).toBeNull())
      clock.advance(60_000)
      const { promise, resolve } = Promise.withResolvers<(Thing | null)[]>()
      answer = () => promise
      peek(2)
      await vi.waitFor(() => expect(asked).toHaveLength(2))
      cache.forget({ tenants: new Set(), ids: new Set([102]) })
      resolve([{ id: 2 }])
      await promise
      expect(peek(2)).toEqual([undefined])
    })

    it('while the database is away what is known serves until it is five minutes old', async () => {
      answer = () => Promise.reject(new Error('connection refused'))
      clock.advance(299_999)
      expect(peek(1)).toEqual([1])
      await vi.waitFor(() => expect(asked).toHaveLength(1))
      clock.advance(1)
      expect(peek(1)).toEqual([undefined])
    })
  })

  it('bounds the look-ups under way', async () => {
    const hanging = Array.from({ length: 3 }, (_, i) => get(`h${i}`, () => new Promise(() => {})).catch(() => null))
    await expect(get('more', async () => ({ id: 1 }))).rejects.toMatchObject({ code: 'unavailable' })
    await Promise.all(hanging)
  })
})
