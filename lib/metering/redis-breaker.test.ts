import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { createPatience, createRedisBreaker, NoAnswer, TooFarBehind } from '@/lib/metering/redis-breaker'
import { createRedisWaits } from '@/lib/metering/redis-waits'

const never = new Promise<never>(() => {})

it('USE-4 a command is waited for as long as the connection talks, however late its answer is', async () => {
  const patience = createPatience(60_000)
  let done = false
  const late = patience(sleep(1_000, 'fifteenth'), 400)
  const talk = async () => {
    while (!done) await patience(sleep(20), 60_000)
  }
  const talking = talk()
  await expect(late).resolves.toBe('fifteenth')
  done = true
  await talking
})

it('nothing ticks on for an answer that has come, though it came in the very turn somebody looked for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] })
  try {
    const { promise, resolve } = Promise.withResolvers<string>()
    const asked = createPatience(60_000)(promise, 60_000)
    vi.advanceTimersToNextTimer()
    resolve('now')
    expect(await asked).toBe('now')
    vi.advanceTimersToNextTimer()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

it('a connection that says nothing is given up', async () => {
  await expect(createPatience(60_000)(never, 50)).rejects.toBeInstanceOf(NoAnswer)
})

it('a command that is far behind others is given up as well, and told apart from silence', async () => {
  const patience = createPatience(150)
  let done = false
  const talk = async () => {
    while (!done) await patience(sleep(5), 60_000)
  }
  const talking = talk()
  await expect(patience(never, 10_000)).rejects.toBeInstanceOf(TooFarBehind)
  done = true
  // The talker's own commands are quick.
  await talking
})

it('what the command itself says goes through', async () => {
  await expect(createPatience(60_000)(Promise.reject(new Error('NOAUTH')), 50)).rejects.toThrow('NOAUTH')
})

it('what one step of a call has waited is taken off the next one’s, and nobody else’s', async () => {
  const waits = createRedisWaits(200)
  const [call, other] = [{}, {}]
  const patience = createPatience(60_000)
  const wait = (waiter: object) => patience(never, waits.leftOf(waiter), (silentMs) => waits.spend(waiter, silentMs))
  await expect(wait(call)).rejects.toBeInstanceOf(NoAnswer)
  expect(waits.leftOf(call)).toBe(0)
  expect(waits.leftOf(other)).toBe(200)
  expect(waits.leftOf(undefined)).toBe(200)
})

it('a breaker lets one try a second after its five failures; who comes meanwhile hears what it found, or goes on without', async () => {
  let now = 0
  const breaker = createRedisBreaker({ now: () => now })
  for (let i = 0; i < 5; i++) {
    expect(breaker.enter(200)).toBe(true)
    breaker.failed()
  }
  expect(breaker.enter(200)).toBe(false)
  now += 1_000
  expect(breaker.enter(200)).toBe(true)
  const patient = breaker.enter(60_000)
  expect(await breaker.enter(1)).toBe(false)
  breaker.succeeded()
  expect(await patient).toBe(true)
  expect(breaker.enter(200)).toBe(true)
})
