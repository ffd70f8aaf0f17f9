import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedisRest } from '@/e2e/fakes/redis-rest'
import { openPlainNext, type Mount } from '@/e2e/gateway/mounts'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { send } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct, type TestProduct } from '@/lib/gateway/product.fixture'
import { startUpstream, type Upstream } from '@/lib/gateway/upstream.fixture'
import { startRedis } from '@/lib/metering/redis-server.fixture'
import type { Ctx } from '@/lib/tenants/context'

const JOBS_SECRET = 'a-secret-of-the-schedule-0123456789'

testDatabase()

/** Nothing of ours but `next start`: Postgres outside, counters and journal over REST, a schedule that calls the jobs. */
describe('plain next start on two processes with counters and journal over REST', () => {
  let ctx: Ctx
  let upstream: Upstream
  let product: TestProduct
  let redis: Awaited<ReturnType<typeof startRedis>>
  let rest: Awaited<ReturnType<typeof startRedisRest>>
  let mounts: Mount[]

  beforeAll(async () => {
    ctx = await makeTenant()
    upstream = await startUpstream()
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
    redis = await startRedis()
    rest = await startRedisRest(redis.socket)
    const settings = { JOURNAL: 'redis', UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: rest.token, JOBS_SECRET }
    mounts = await Promise.all([openPlainNext(settings), openPlainNext(settings)])
    for (const mount of mounts) await mount.settled()
  })
  afterAll(async () => {
    await Promise.all((mounts ?? []).map((mount) => mount.close()))
    await rest?.close()
    await redis?.stop()
    await upstream?.close()
  })

  const jobs = (authorization?: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const asking = request({ host: 'localhost', port: mounts[0]!.port, path: '/api/jobs', method: 'POST', headers: { host: 'localhost', ...(authorization && { authorization }) } }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve({ status: response.statusCode!, body }))
      })
      asking.on('error', reject).end()
    })
  const bookedOf = async (applicationId: bigint) => {
    const { rows } = await ownerPool().query<{ sum: number }>(`SELECT coalesce(sum(value), 0)::int AS sum FROM usage_buckets WHERE "applicationId" = $1 AND "metricId" = $2`, [applicationId, product.hitsId])
    return rows[0]!.sum
  }
  const callAll = async (headers: [string, string][], times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, (_, index) => send(mounts[index % mounts.length]!, { host: product.hosts.staging, headers })))
    return answers.map(({ status }) => status)
  }
  /**
   * Calls with an application nobody has called yet, all at once. On a machine too busy for Redis to answer in time some are
   * refused as unavailable: then once more, with another one. Never does one pass too many.
   */
  const callFresh = async (limit: number, times: number) => {
    for (let tries = 1; ; tries++) {
      const application = await makeApplication(ctx, product, { limits: [{ period: 'year', value: limit }] })
      const statuses = await callAll(application.headers, times)
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(limit)
      if (!statuses.includes(503) || tries === 10) return { ...application, statuses }
    }
  }

  it('USE-4 of 80 parallel calls over both, exactly as many pass as the limit says, and the others are told so', async () => {
    const { statuses } = await callFresh(15, 80)
    expect(statuses.filter((status) => status === 200)).toHaveLength(15)
    expect(statuses.filter((status) => status === 429)).toHaveLength(65)
  })

  it('USE-1 USE-2 killed, every call that was let through is booked once, by whoever is called to', async () => {
    const { statuses, id } = await callFresh(1000, 20)
    expect(statuses).toEqual(Array(20).fill(200))
    await mounts[1]!.end('SIGKILL')
    await mounts[1]!.restart()
    const answers = await Promise.all([jobs(`Bearer ${JOBS_SECRET}`), jobs(`Bearer ${JOBS_SECRET}`)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await bookedOf(id)).toBe(20)
    expect(JSON.parse((await jobs(`Bearer ${JOBS_SECRET}`)).body)).toMatchObject({ entries_booked: expect.any(Number) as number, finished: true })
    expect(await bookedOf(id)).toBe(20)
  })

  it('a change of the product is in force in both soon, and without a call to the jobs', async () => {
    const { headers } = await makeApplication(ctx, product)
    await expect.poll(() => callAll(headers, 2)).toEqual([200, 200])
    await product.set({ state: 'suspended' })
    await expect.poll(() => callAll(headers, 2)).toEqual([403, 403])
    await product.set({ state: 'active' })
  })

  it('the jobs are closed to whoever does not know the secret', async () => {
    expect((await jobs()).status).toBe(401)
    expect((await jobs('Bearer wrong')).status).toBe(401)
  })
})
