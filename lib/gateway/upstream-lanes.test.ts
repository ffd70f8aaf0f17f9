import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UpstreamSettings } from '@/lib/gateway/compile-product'
import { createLanes } from '@/lib/gateway/upstream-lanes'
import type { Lanes } from '@/lib/gateway/upstream-lanes'

describe('createLanes', () => {
  let lanes: Lanes
  const settings = (key: string, concurrencyMax = 2): UpstreamSettings => ({
    key, origin: 'http://127.0.0.1:9', basePath: '', host: '127.0.0.1:9', servername: '', secretToken: '', connectTimeoutMs: 100, firstByteTimeoutMs: 100, idleTimeoutMs: 100, totalTimeoutMs: 100, concurrencyMax, bodyBytesMax: 1, responseBytesMax: null, retries: null,
  })
  beforeAll(() => {
    lanes = createLanes()
  })
  afterAll(() => lanes.close())

  it('GW-7 lets in as many as the product may have, the next ones in their turn, and none too many', async () => {
    const lane = lanes.of(settings('a'))
    expect([lane.enter(), lane.enter()]).toEqual([true, true])
    const order: string[] = []
    const third = Promise.resolve(lane.enter()).then((entered) => order.push(`third ${entered}`))
    const fourth = Promise.resolve(lane.enter()).then((entered) => order.push(`fourth ${entered}`))
    lane.leave()
    await third
    lane.leave()
    await fourth
    expect(order).toEqual(['third true', 'fourth true'])
    expect(await lane.enter()).toBe(false)
    lane.leave()
    lane.leave()
    expect(lane.enter()).toBe(true)
  })

  it('GW-7 bounds the queue before a full lane', async () => {
    const lane = lanes.of(settings('b', 1))
    const entering = Array.from({ length: 10 }, () => lane.enter())
    // One is in, four wait for a place, the others are told at once.
    expect(entering.filter((entered) => entered === false)).toHaveLength(5)
    expect(await Promise.all(entering)).toEqual([true, ...Array<boolean>(9).fill(false)])
  })

  it('GW-7 the lane of one product says nothing about that of another', () => {
    const full = lanes.of(settings('c', 1))
    full.enter()
    expect(lanes.of(settings('d', 1)).enter()).toBe(true)
  })

  it('a lane that makes room for another serves whoever is in it, and closes behind the last', async () => {
    const few = createLanes({ lanesMax: 1 })
    const lane = few.of(settings('old', 1))
    lane.enter()
    const next = lane.enter()
    few.of(settings('new'))
    const outcome = () =>
      new Promise<string>((resolve) => {
        const nothing = () => {}
        lane.pool.dispatch({ method: 'GET', path: '/', headers: [], body: null }, { onRequestStart: nothing, onResponseStart: nothing, onResponseData: nothing, onResponseEnd: nothing, onResponseError: (_, error) => resolve((error as { code?: string }).code ?? '') })
      })
    expect(await outcome()).toBe('address_not_allowed')
    lane.leave()
    expect(await next).toBe(true)
    expect(await outcome()).toBe('address_not_allowed')
    lane.leave()
    expect(await outcome()).toBe('UND_ERR_CLOSED')
    await few.close()
  })

  it('GW-7 five connects in a row that met silence open the circuit for two seconds; one that works closes it', () => {
    const lane = lanes.of(settings('e'))
    for (let i = 0; i < 4; i++) lane.connectTimedOut(1_000)
    lane.connected()
    for (let i = 0; i < 4; i++) lane.connectTimedOut(1_000)
    expect(lane.isBroken(1_000)).toBe(false)
    lane.connectTimedOut(1_000)
    expect([lane.isBroken(2_999), lane.isBroken(3_000)]).toEqual([true, false])
  })
})
