import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createPatience, NoAnswer } from '@/lib/metering/redis-breaker'

it('USE-4 a command is waited for as long as the connection talks, however late its answer is', async () => {
  const patience = createPatience(300)
  let done = false
  const late = patience(sleep(1_000, 'fifteenth'))
  const talk = async () => {
    while (!done) await patience(sleep(50))
  }
  const talking = talk()
  await expect(late).resolves.toBe('fifteenth')
  done = true
  await talking
})

it('a connection that says nothing is given up', async () => {
  await expect(createPatience(50)(new Promise(() => {}))).rejects.toBeInstanceOf(NoAnswer)
})

it('what the command itself says goes through', async () => {
  await expect(createPatience(50)(Promise.reject(new Error('NOAUTH')))).rejects.toThrow('NOAUTH')
})
