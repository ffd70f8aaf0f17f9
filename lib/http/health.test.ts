import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { answerAlive, answerReady, setHealthCheck } from '@/lib/http/health'

it('REL-1 readiness names the failing parts and nothing of why, liveness stays green', async () => {
  setHealthCheck('database', () => {
    throw new Error('connect ECONNREFUSED 10.0.0.5:5432')
  })
  setHealthCheck('journal', () => {})
  setHealthCheck('redis', () => new Promise(() => {}))
  expect(await answerReady()).toEqual({ status: 503, body: 'database: failing\nredis: failing\n' })
  expect(answerAlive()).toEqual({ status: 200, body: 'ok\n' })
})

it('REL-1 readiness is asked once a second at most', async () => {
  let asked = 0
  setHealthCheck('database', async () => void (asked++, await sleep(5)))
  setHealthCheck('redis', () => {})
  const answers = await Promise.all(Array.from({ length: 50 }, answerReady))
  expect(asked).toBe(1)
  expect(answers.every((answer) => answer.status === 200 && answer.body === 'ok\n')).toBe(true)
})

it('REL-1 a part that is not needed to serve is named, and readiness stays green', async () => {
  setHealthCheck('database', () => {})
  setHealthCheck(
    'redis',
    () => {
      throw new Error('connection refused')
    },
    { needed: false },
  )
  expect(await answerReady()).toEqual({ status: 200, body: 'ok\nredis: away, calls go on\n' })
})
