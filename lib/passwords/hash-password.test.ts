import { hash } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from '@/lib/passwords/hash-password'

describe('stored passwords', () => {
  it('PW-1 are argon2id with 19 MiB and two passes', async () => {
    expect(await hashPassword('violet tram over Lyon')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('PW-1 match however the same letters were composed', async () => {
    const stored = await hashPassword('caf\u00e9 in the rain')
    expect(await verifyPassword(stored, 'cafe\u0301 in the rain')).toBe(true)
    expect(await verifyPassword(stored, 'cafe in the rain')).toBe(false)
  })

  it('PW-3 nobody matches where there is no hash', async () => {
    expect(await verifyPassword(null, 'nobody has this password')).toBe(false)
  })

  it('PW-1 weaker hashes are recognised', async () => {
    expect(needsRehash(await hash('x', { memoryCost: 8192, timeCost: 2, parallelism: 1 }))).toBe(true)
    expect(needsRehash(await hashPassword('x'))).toBe(false)
  })

  it('PW-1 a flood is refused with a time to come back, not queued without end', async () => {
    const results = await Promise.allSettled(Array.from({ length: 80 }, () => hashPassword('violet tram over Lyon')))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(results.length - refused.length).toBeGreaterThanOrEqual(64)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'busy', status: 503, retryAfterSeconds: 2 })
    expect(await hashPassword('after the flood')).toMatch(/^\$argon2id/)
  })
})
