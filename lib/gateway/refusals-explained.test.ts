import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCallRecorder } from '@/lib/calls/call-recorder'
import type { CallRecorder } from '@/lib/calls/call-recorder'
import { serviceTokenHash } from '@/lib/products/secrets-of-product'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { suspendApplication } from '@/lib/applications/change-application'
import { newKey } from '@/lib/ids'
import type { CallDetail } from '@/lib/calls/call-record'
import type { Ctx } from '@/lib/tenants/context'
import { openTestGateway, send, serveOverHttp } from '@/lib/gateway/doors.contract'
import type { Answer, Door } from '@/lib/gateway/doors.contract'
import type { Problem } from '@/lib/gateway/problem-details'
import { explainedCodes } from '@/lib/gateway/problem-words'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { refusals } from '@/lib/gateway/refusals'
import { isKept } from '@/lib/gateway/observe-call'
import { testUpstream } from '@/lib/gateway/test-door.fixture'

testDatabase()

describe('refusals that explain themselves', () => {
  const upstream = testUpstream()
  let ctx: Ctx
  let door: Door
  let recorder: CallRecorder
  let texts: TestProduct
  let problems: TestProduct
  let limited: TestApplication
  const serviceToken = newKey('st')

  beforeAll(async () => {
    ctx = await makeTenant()
    recorder = createCallRecorder({ pool: ownerPool(), everyMs: 3_600_000 })
    const { gateway, settled } = await openTestGateway({ calls: recorder })
    door = await serveOverHttp(gateway, settled)
    const rules = [{ pattern: '/things$', method: 'list' }]
    texts = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules, callSamplePercent: 0 })
    problems = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules, refusalStyle: 'problem', callSamplePercent: 100, serviceTokenHash: serviceTokenHash(serviceToken) })
    limited = await makeApplication(ctx, problems, { limits: [{ period: 'year', value: 1 }] })
    await door.settled()
  })
  afterAll(async () => {
    await door?.close()
    await recorder?.close()
  })

  const call = (product: TestProduct, headers: [string, string][] = [], path = '/things') => send(door, { host: product.hosts.staging, path, headers })
  const problem = (answer: Answer) => JSON.parse(answer.body) as Problem
  const portal = () => new RegExp(`^http://${ctx.tenant.slug}\\.portal\\.localhost(:\\d+)?/`)

  it('GW-1 texts stay 3scale’s byte for byte where nothing else is asked for', async () => {
    const missing = await call(texts)
    expect([missing.status, missing.headers['content-type'], missing.body]).toEqual([403, 'text/plain; charset=us-ascii', 'Authentication parameters missing'])
    const wrong = await call(texts, [['user_key', 'nobody']])
    expect([wrong.status, wrong.headers['content-type'], wrong.body]).toEqual([403, 'text/plain; charset=us-ascii', 'Authentication failed'])
  })

  it('a stranger learns the code, where a credential belongs and where to read on, and nothing of anybody', async () => {
    const answer = await call(problems)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    const { type, links, request_id, instance, ...rest } = problem(answer)
    expect(rest).toEqual({ title: 'Credentials missing', status: 403, code: 'credentials_missing', detail: 'The call carries no credentials, or not all of them. Send user_key as a header.' })
    expect(type).toMatch(portal())
    expect(type).toMatch(/\/docs\/errors#credentials_missing$/)
    expect(links).toEqual({ docs: expect.stringMatching(portal()) })
    expect(request_id).toBe(answer.headers['x-request-id'])
    expect(instance).toMatch(new RegExp(`/calls/${request_id}$`))
    expect(Object.keys(problem(await call(problems, [['user_key', 'nobody']])))).toEqual(['type', 'title', 'status', 'detail', 'code', 'request_id', 'instance', 'links'])
  })

  it('a recognised application learns which window of which limit, when it works again, and where a bigger plan is', async () => {
    expect((await call(problems, limited.headers)).status).toBe(200)
    const answer = await call(problems, limited.headers)
    const told = problem(answer)
    const yearEnd = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 1)).toISOString()
    expect(answer.status).toBe(429)
    expect(told).toMatchObject({
      title: 'Usage limit exceeded',
      status: 429,
      code: 'limits_exceeded',
      limit: { metric: 'hits', period: 'year', limit: 1, used: 1, resets_at: yearEnd, of: 'application' },
      retry_after: Number(answer.headers['retry-after']),
      links: { upgrade: expect.stringContaining(`/admin/applications/${limited.id}`), status: expect.stringContaining(`/admin/applications/${limited.id}/calls`) },
    })
    expect(told.detail).toBe(`Your application has used 1 of 1 hits this year. It works again at ${yearEnd}.`)
  })

  it('the state of an application is told to whoever holds its key, in words a partner can act on', async () => {
    const app = await makeApplication(ctx, problems)
    await suspendApplication(ctx, { applicationId: app.id })
    await door.settled()
    expect(problem(await call(problems, app.headers))).toMatchObject({ status: 403, code: 'application_not_live', detail: 'Your application is suspended or waits for approval.' })
  })

  it('a status without a body gives way to one that carries the document', async () => {
    const odd = await makeProduct(ctx, upstream.url, { refusalStyle: 'problem', errorAnswers: { authMissing: { status: 204, contentType: 'text/plain', body: '' }, authFailed: { status: 403, contentType: 'text/plain', body: '' }, noMatch: { status: 404, contentType: 'text/plain', body: '' }, limitsExceeded: { status: 429, contentType: 'text/plain', body: '' } } })
    await door.settled()
    const answer = await call(odd)
    expect([answer.status, problem(answer).status]).toEqual([403, 403])
  })

  it('every refusal has words of its own', () => {
    const unexplained = Object.keys(refusals).filter((code) => !explainedCodes().includes(code as keyof typeof refusals))
    // Nobody reads these as a refusal: the product is not known, nobody listens any more, or a browser only asked.
    expect(unexplained.toSorted()).toEqual(['client_gone', 'not_promoted', 'preflight', 'unknown_host'])
  })

  it('the debug headers are for the service token alone, and show no key', async () => {
    const debug: [string, string][] = [['X-3scale-debug', serviceToken]]
    const app = await makeApplication(ctx, problems)
    await door.settled()
    const passed = await call(problems, [...app.headers, ...debug])
    expect(passed.headers).toMatchObject({ 'x-3scale-matched-rules': '/things$', 'x-3scale-usage': 'usage%5Blist%5D=1&usage%5Bhits%5D=1', 'x-3scale-hostname': problems.hosts.staging, 'x-3scale-service-id': String(problems.id) })
    expect(JSON.stringify(passed.headers)).not.toContain(app.userKey)
    expect(upstream.seen.at(-1)?.headers['x-3scale-debug']).toBeUndefined()
    expect((await call(problems, debug, '/nothing')).headers['x-3scale-matched-rules']).toBeDefined()
    for (const wrong of [newKey('st'), 'x', ''])
      expect(Object.keys((await call(problems, [...app.headers, ['X-3scale-debug', wrong]])).headers).filter((name) => name.startsWith('x-3scale'))).toEqual([])
    expect(Object.keys((await call(texts, debug)).headers).filter((name) => name.startsWith('x-3scale'))).toEqual([])
  })

  it('the health address answers on every gateway host, and the API never hears of it', async () => {
    const before = upstream.seen.length
    const answer = await call(problems, [], '/_threescale/healthz')
    expect([answer.status, answer.body]).toEqual([200, 'ok'])
    expect(upstream.seen.length).toBe(before)
  })

  describe('what is kept of calls', () => {
    const kept = async (answer: Answer) => {
      await recorder.flush()
      return ctx.db.callRecord.findFirst({ where: { requestId: String(answer.headers['x-request-id']) } })
    }

    it('KEY-5 a refusal is kept with its reason, the head without its key', async () => {
      const key = newKey('uk')
      const answer = await call(problems, [['user_key', key], ['Cookie', `session=${key}`], ['X-Note', `my key is ${key}`]], `/things?debug=1&api_key=${key}`)
      const row = await kept(answer)
      expect(row).toMatchObject({ status: 403, applicationId: 0n, method: 'GET', environment: 'staging' })
      expect(JSON.stringify([row!.target, row!.detail])).not.toContain(key)
    })

    it('an answer is kept with rules, usage, limits, where it went and how long that took', async () => {
      const app = await makeApplication(ctx, problems, { limits: [{ period: 'year', value: 10 }] })
      await door.settled()
      const row = await kept(await call(problems, app.headers, '/things?x=1'))
      const detail = row!.detail as unknown as CallDetail
      expect(row).toMatchObject({ status: 200, refusal: null, applicationId: app.id, target: '/things?x=1' })
      expect(detail).toMatchObject({
        rules: [{ verb: 'GET', pattern: '/things$', delta: 1, metric: 'list', ignored: null }],
        usage: [{ metric: 'list', value: 1 }, { metric: 'hits', value: 1 }],
        limits: [{ of: 'application', metric: 'hits', period: 'year', limit: 10, current: 1, exceeded: false }],
        upstream: upstream.url,
        step: null,
      })
      expect(detail.upstreamMs).toBeLessThanOrEqual(row!.durationMs)
      expect(detail.answerHead.map(([name]) => name)).toContain('content-type')
    })

    it('a partner finds his own call to a path that is none, also his very first; of others nothing is said', async () => {
      const app = await makeApplication(ctx, problems)
      await door.settled()
      const found = async (headers: [string, string][]) => {
        const answer = await call(problems, headers, '/none-of-these')
        return [answer.status, (await kept(answer))?.applicationId]
      }
      expect(await found(app.headers)).toEqual([404, app.id])
      expect(await found([['user_key', newKey('uk')]])).toEqual([404, 0n])
    })

    it('successes are kept as the product asks, refusals and failures always', async () => {
      const app = await makeApplication(ctx, texts)
      await door.settled()
      expect(await kept(await call(texts, app.headers))).toBeNull()
      expect(await kept(await call(texts))).toMatchObject({ refusal: 'credentials_missing' })
      upstream.answer = (_request, response) => void response.writeHead(503).end('down')
      expect(await kept(await call(texts, app.headers))).toMatchObject({ status: 503, refusal: null, applicationId: app.id })
      upstream.answer = null
      expect(isKept(200, null, 0)).toBe(false)
      expect(isKept(204, 'preflight', 0)).toBe(false)
      expect(isKept(404, null, 100)).toBe(true)
      const share = Array.from({ length: 20_000 }, () => isKept(200, null, 25)).filter(Boolean).length / 20_000
      expect(share).toBeGreaterThan(0.2)
      expect(share).toBeLessThan(0.3)
    })

    it('calls to hosts nobody has are nobody’s', async () => {
      const answer = await send(door, { host: 'nobody.gw.localhost', path: '/things' })
      expect(answer.status).toBe(404)
      expect(await kept(answer)).toBeNull()
    })
  })
})
