import { beforeAll, describe, expect, it } from 'vitest'
import type { CallDetail } from '@/lib/calls/call-record'
import { testDatabase } from '@/lib/db/test-database'
import { assignsOf, call, makeApplication, makePortal, makeVisit } from '@/lib/portal/pages/signed-in.fixture'
import { servePortal } from '@/lib/portal/serve-portal'

type Visit = Awaited<ReturnType<typeof makeVisit>>

describe('calls of a partner', () => {
  testDatabase()
  let portal: Awaited<ReturnType<typeof makePortal>>
  let me: Visit
  let stranger: Visit
  let mine: bigint
  let theirs: bigint
  let mineCall: bigint

  const detail: CallDetail = {
    scheme: 'https', host: 'api.example.com', address: '203.0.113.99', head: [['Accept', '*/*'], ['X-Evil', '<b>{{ 1 | plus: 1 }}</b>']], answerHead: [['retry-after', '60']], step: 'limit',
    rules: [{ verb: 'GET', pattern: '/list', delta: 1, metric: 'list', ignored: null }], usage: [{ metric: 'hits', value: 1 }],
    limits: [{ of: 'application', metric: 'hits', period: 'month', limit: 100, current: 100, windowEnd: Date.UTC(2026, 11, 1), exceeded: true }], upstream: 'https://internal.example.com', upstreamMs: null,
  }
  async function keep(applicationId: bigint, over: Partial<{ requestId: string; status: number; refusal: string | null; target: string }> = {}) {
    const { requestId = 'request-of-mine', status = 429, refusal = 'limits_exceeded', target = '/list?q=<script>' } = over
    return (await portal.ctx.db.callRecord.create({ data: { tenantId: portal.ctx.tenant.id, productId: portal.productId, applicationId, environment: 'production', requestId, at: portal.ctx.now, method: 'GET', target, status, refusal, durationMs: 2, detail } })).id
  }

  beforeAll(async () => {
    portal = await makePortal()
    me = await makeVisit(portal)
    stranger = await makeVisit(portal)
    mine = (await makeApplication(portal.ctx, me, portal.open)).id
    theirs = (await makeApplication(portal.ctx, stranger, portal.open)).id
    mineCall = await keep(mine)
    await keep(mine, { requestId: 'request-two', status: 200, refusal: null, target: '/show' })
    await keep(theirs, { requestId: 'request-of-theirs' })
    await keep(0n, { requestId: 'request-of-nobody', refusal: 'key_unknown' })
  })

  it('lists one’s own, with filters, and nobody else’s', async () => {
    const ids = async (query = '') => assignsOf<{ calls: { request_id: { $typed: string } }[] }>(await call(me, 'GET', `/admin/applications/${mine}/calls${query}`)).calls.map(({ request_id }) => request_id.$typed)
    expect(await ids()).toEqual(['request-two', 'request-of-mine'])
    expect(await ids('?status=4xx')).toEqual(['request-of-mine'])
    expect(await ids('?refused=1')).toEqual(['request-of-mine'])
    expect(await ids('?q=show')).toEqual(['request-two'])
    expect(await ids('?status=nonsense&cursor=nonsense')).toHaveLength(2)
  })

  it('ISO-10 another account’s application and calls are not found', async () => {
    const foreign = await portal.ctx.db.callRecord.findFirstOrThrow({ where: { requestId: 'request-of-theirs' } })
    for (const path of [`/admin/applications/${theirs}/calls`, `/admin/applications/${theirs}/calls/${foreign.id}`, `/admin/applications/${mine}/calls/${foreign.id}`, `/admin/applications/0/calls`])
      await expect(call(me, 'GET', path)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('a request id leads to the call where it is one’s own, and says nothing where it is not', async () => {
    expect(await call(me, 'GET', '/calls/request-of-mine')).toEqual({ kind: 'redirect', to: `/admin/applications/${mine}/calls/${mineCall}` })
    const answers = await Promise.all(['request-of-theirs', 'request-of-nobody', 'never-happened-at-all'].map((id) => call(me, 'GET', `/calls/${id}`)))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ kind: 'redirect', to: '/admin/applications' })
  })

  it('the page tells why, what to do and what was sent, but neither where the API is nor who called from where', async () => {
    const { status, body } = await servePortal(me, { method: 'GET', path: `/admin/applications/${mine}/calls/${mineCall}`, params: {}, query: new URLSearchParams(), form: {}, json: undefined })
    const html = String(body)
    expect(status).toBe(200)
    for (const word of ['Usage limit exceeded', 'Wait until the window ends', 'request-of-mine', 'href="/docs/errors#limits_exceeded"']) expect(html).toContain(word)
    expect(html.replace(/<[^>]+>/g, '')).toContain('100 of 100')
    expect(html).not.toMatch(/internal\.example|203\.0\.113\.99|<script>(?!$)\s*<|<b>2<\/b>/)
    expect(html).toContain('&lt;b&gt;{{ 1 | plus: 1 }}&lt;/b&gt;')
  })

  it('every code has its place on the page the problem details lead to', async () => {
    const { status, body } = await servePortal({ ...me, developer: null }, { method: 'GET', path: '/docs/errors', params: {}, query: new URLSearchParams(), form: {}, json: undefined })
    expect(status).toBe(200)
    for (const code of ['credentials_missing', 'key_unknown', 'no_match', 'limits_exceeded', 'upstream_timed_out']) expect(String(body)).toContain(`id="${code}"`)
  })
})
