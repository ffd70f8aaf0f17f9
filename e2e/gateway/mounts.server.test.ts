import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { send } from '@/lib/gateway/doors.contract'
import { describeGateway } from '@/lib/gateway/gateway.contract'
import { makeApplication, makeProduct, type TestApplication, type TestProduct } from '@/lib/gateway/product.fixture'
import { startUpstream, type Upstream } from '@/lib/gateway/upstream.fixture'
import type { Ctx } from '@/lib/tenants/context'
import { openPlainNext, openServer, type Mount } from '@/e2e/gateway/mounts'

testDatabase()
describeGateway('behind server.ts', { exactTarget: true }, openServer)
describeGateway('in the route handler of plain next start', { exactTarget: true }, openPlainNext)

describe('plain next start', () => {
  let ctx: Ctx
  let upstream: Upstream
  let mount: Mount
  let product: TestProduct
  let application: TestApplication

  beforeAll(async () => {
    ctx = await makeTenant()
    upstream = await startUpstream()
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
    application = await makeApplication(ctx, product, { limits: [{ period: 'eternity', value: 30 }] })
    mount = await openPlainNext()
    await mount.settled()
  })
  afterAll(async () => {
    await mount?.close()
    await upstream?.close()
  })

  const callTimes = async (times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => send(mount, { host: product.hosts.staging, headers: application.headers })))
    return answers.filter(({ status }) => status === 200).length
  }
  const booked = async () => {
    const { rows } = await ownerPool().query<{ sum: number }>(`SELECT coalesce(sum(value), 0)::int AS sum FROM usage_buckets WHERE "applicationId" = $1 AND "metricId" = $2`, [application.id, product.hitsId])
    return rows[0]!.sum
  }

  it('USE-2 told to stop, has booked every call before it ends', async () => {
    expect(await callTimes(10)).toBe(10)
    await mount.end('SIGTERM')
    expect(await booked()).toBe(10)
  })

  it('USE-1 USE-2 killed, loses no call and books none twice, and what of a limit was used stays used', async () => {
    await mount.restart()
    expect(await callTimes(10)).toBe(10)
    await mount.end('SIGKILL')
    await mount.restart()
    expect(await callTimes(40)).toBe(10)
    expect(upstream.seen).toHaveLength(30)
    await mount.end('SIGTERM')
    expect(await booked()).toBe(30)
    await mount.restart()
  })

  it('HTTP-3 HTTP-4 believes nobody who says on whose behalf he calls or where Next should go', async () => {
    const headers: [string, string][] = [['X-Forwarded-Host', 'evil.example'], ['X-Forwarded-For', '6.6.6.6'], ['x-middleware-rewrite', '/zone/admin/acme'], ['x-gh-call', 'guess']]
    const answer = await send(mount, { host: 'localhost', path: '/healthz', headers })
    expect(answer).toMatchObject({ status: 200, body: 'ok\n' })
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.stringMatching(/^[0-9A-Za-z]{22}$/) })
    expect((await send(mount, { host: 'localhost', path: '/zone/gateway/x', headers })).status).toBe(404)
    expect((await send(mount, { host: product.hosts.staging, path: '/_next/static/x', headers })).body).toBe('Authentication parameters missing')
  })
})
