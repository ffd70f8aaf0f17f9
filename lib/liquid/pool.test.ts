import { afterAll, describe, expect, it } from 'vitest'
import { isAppError } from '@/lib/errors'
import { checkSyntax } from '@/lib/liquid/check-syntax'
import type { RenderAnswer } from '@/lib/liquid/job'
import { makeLiquidPool, type LiquidPool } from '@/lib/liquid/pool'
import { liquidPool, renderLiquid } from '@/lib/liquid/render'
import { inputOf, type Extra } from '@/lib/liquid/render.fixture'
import type { LiquidValue } from '@/lib/liquid/values'

afterAll(() => liquidPool().stop())

const pools: LiquidPool[] = []
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.stop()))
})
const own = (size: number): LiquidPool => {
  const pool = makeLiquidPool(size)
  pools.push(pool)
  return pool
}

let bundles = 0
async function run(pool: LiquidPool, tenantId: number, page: string, assigns: Record<string, LiquidValue> = {}, extra: Extra = {}): Promise<RenderAnswer> {
  const { templates, ...input } = inputOf(page, assigns, { tenantId, ...extra })
  return (await pool.run(tenantId, { kind: 'render', bundle: `${tenantId}:${++bundles}`, templates, input })) as RenderAnswer
}

const endless = '{% assign r = (1..10000) | reverse %}{% assign s = r | join: "x" %}{% for i in (1..9) %}{% assign r = r | concat: r %}{% if r.size > 50000 %}{% break %}{% endif %}{% endfor %}{% for i in (1..10000) %}{% assign q = r | uniq | sort_natural | map: "x" %}{% endfor %}'

const bombs: [string, string, Record<string, string>][] = [
  ['loops within loops', '{% for a in (1..10000) %}{% for b in (1..10000) %}{% for c in (1..10000) %}{% endfor %}{% endfor %}{% endfor %}', {}],
  ['a huge range', '{{ (1..1000000000) | size }}', {}],
  ['the sort of a huge range', '{{ (1..100000000) | sort | last }}', {}],
  ['lists that are sorted again and again', endless, {}],
  ['a text that doubles', '{% assign s = "0123456789" %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}{{ s }}', {}],
  ['a capture that doubles', '{% assign s = "0123456789" %}{% for i in (1..99) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}{{ s }}', {}],
  ['a partial that includes itself', "{% include 'a' %}", { a: "{% include 'a' %}{% include 'a' %}" }],
  ['a thousand tags within each other', '{% if true %}'.repeat(1_000) + '{% endif %}'.repeat(1_000), {}],
  ['many lists kept', '{% for i in (1..10000) %}{% capture name %}k{{ i }}{% endcapture %}{% assign list = (1..10000) | map: "x" %}{% assign keep = keep | concat: list %}{% endfor %}', {}],
]

describe('LQ-1 a template that burns what it gets', () => {
  it.each(bombs)('LQ-1 %s ends as a problem, and meanwhile another tenant is answered', async (_, page, partials) => {
    const bomb = renderLiquid(inputOf(page, {}, { tenantId: 666, partials }))
    const others = await Promise.all(Array.from({ length: 5 }, (_unused, at) => renderLiquid(inputOf('Hello {{ n }}', { n: at }, { tenantId: 2 }))))
    expect(others.map((answer) => answer.ok && answer.body)).toEqual([0, 1, 2, 3, 4].map((n) => `Hello ${n}`))
    expect(await bomb).toMatchObject({ ok: false, problem: { template: expect.any(String) as string, reason: expect.any(String) as string } })
  })

  it('LQ-1 ten bombs of one tenant keep nobody else waiting until they have gone off', async () => {
    const ended: string[] = []
    const bomb = bombs[0]![1]
    const pool = own(2)
    await run(pool, 2, 'warm')
    // Some may be told that we are busy: ten bombs are more than a queue waits for.
    const burning = Array.from({ length: 10 }, () => run(pool, 1, bomb).then(() => ended.push('bomb'), () => ended.push('bomb')))
    for (let i = 0; i < 5; i++) await run(pool, 2, 'page').then(() => ended.push('page'))
    expect(ended.filter((what) => what === 'bomb').length).toBeLessThan(10)
    await Promise.all(burning)
    expect(ended.filter((what) => what === 'bomb')).toHaveLength(10)
  })

  it('LQ-1 a thread that is killed is replaced, and what was parsed before is rendered again', async () => {
    const pool = own(2)
    // One call of one filter, quadratic: no bound inside the thread sees it.
    const stuck = '{% assign s = "<script " %}{% for i in (1..17) %}{% assign s = s | append: s %}{% endfor %}{{ s | strip_html }}'
    for (let i = 0; i < 3; i++) expect(await run(pool, 1, stuck)).toMatchObject({ ok: false, problem: { template: 'pages/p', line: null, kind: 'timeout' } })
    expect(await run(pool, 1, 'still {{ "here" }}')).toMatchObject({ ok: true, body: 'still here' })
  })

  it('LQ-1 tenants take turns: one that asks once does not wait behind one that asked often', async () => {
    // One thread, so that only the queue decides who comes first.
    const pool = own(1)
    const order: number[] = []
    const many = Array.from({ length: 30 }, () => run(pool, 1, 'a').then(() => order.push(1)))
    await run(pool, 2, 'b').then(() => order.push(2))
    await Promise.all(many)
    expect(order.indexOf(2)).toBeLessThan(3)
  })

  it('LQ-1 the queue of a tenant has an end, and says busy', async () => {
    const pool = own(2)
    const answers = await Promise.allSettled(Array.from({ length: 80 }, () => run(pool, 1, 'x')))
    const refused = answers.filter((answer) => answer.status === 'rejected').map((answer) => answer.reason as unknown)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every((error) => isAppError(error) && error.code === 'busy')).toBe(true)
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(50)
  })

  it('LQ-1 memory beyond the heap ends the thread, not the process', async () => {
    const pool = own(2)
    // Many texts of almost two megabytes, each different and each kept.
    const hoard = `{% assign s = "0123456789abcdef" %}{% for i in (1..16) %}{% assign s = s | append: s %}{% endfor %}{% for i in (1..10000) %}{% assign t = s | append: i | upcase %}{% assign l = t | split: "~" %}{% if all %}{% assign all = all | concat: l %}{% else %}{% assign all = l %}{% endif %}{% endfor %}`
    expect(await run(pool, 1, hoard)).toMatchObject({ ok: false, problem: { kind: expect.stringMatching(/memory|timeout/) as string } })
    expect(await run(pool, 1, 'fine')).toMatchObject({ ok: true })
  })
})

describe('renderLiquid', () => {
  it('renders the same templates again without sending them again', async () => {
    const input = inputOf('Hi {{ n }}', {}, { tenantId: 5 })
    for (let n = 0; n < 30; n++) expect(await renderLiquid({ ...input, assigns: { n } })).toMatchObject({ ok: true, body: `Hi ${n}` })
  })

  it('forgets old bundles and is sent them anew', async () => {
    const inputs = Array.from({ length: 45 }, (_unused, at) => inputOf(`page ${at}`, {}, { tenantId: 6 }))
    for (const round of [1, 2]) for (const [at, input] of inputs.entries()) expect(await renderLiquid(input), `round ${round}`).toMatchObject({ body: `page ${at}` })
  })

  it('takes values with cycles, as an application whose account has that application', async () => {
    const account: Record<string, LiquidValue> = { name: 'A' }
    account.self = account
    expect(await renderLiquid(inputOf('{{ account.self.self.name }}', { account }))).toMatchObject({ body: 'A' })
  })

  it('says which template is not there', async () => {
    expect(await renderLiquid(inputOf('', {}, { page: 'gone' }))).toMatchObject({ ok: false, problem: { template: 'pages/gone', kind: 'render' } })
  })
})

describe('checkSyntax', () => {
  it.each([
    ['{% if a %}\nx', 1, '`{% if %}` is never closed. Add `{% endif %}`.'],
    ['a\n\n{% for x in y %}', 3, '`{% for %}` is never closed. Add `{% endfor %}`.'],
    ['a\n{% nonsense %}', 2, 'There is no tag `{% nonsense %}`.'],
    ['a\n{{ x', 2, '`{{` is never closed. Add `}}`.'],
    ['a\n{% if', 2, '`{%` is never closed. Add `%}`.'],
    ['\n\n{% endif %}', 3, '`{% endif %}` closes nothing. Take it away, or close the tag that stands between it and `{% if %}` first.'],
    ['{% else %}', 1, '`{% else %}` stands outside of the block it belongs to.'],
    ['{% for a %}{% endfor %}', 1, 'A loop looks like `{% for item in list %}`.'],
    ['{% form %}{% endform %}', 1, "A form looks like `{% form 'login' %}…{% endform %}`."],
    ["{% form 'login' %}", 1, '`{% form %}` is never closed. Add `{% endform %}`.'],
    ['{% email %}{% endemail %}', 1, '`{% email %}` is a tag of mails; pages have none.'],
    ['{% raw %}', 1, '`{% raw %}` is never closed. Add `{% endraw %}`.'],
    ['{% if %}{% endif %}', 1, 'A value is missing here.'],
    ['{% assign x %}', 1, 'An assignment looks like `{% assign name = value %}`.'],
    ['{% content_for %}{% endcontent_for %}', 1, 'It looks like `{% content_for name %}…{% endcontent_for %}`.'],
  ])('explains %j', async (source, line, message) => {
    expect(await checkSyntax(1n, source, 'page')).toEqual({ line, message })
  })

  it('LQ-1 one tenant that asks all the time fills no queue but its own', async () => {
    const flood = await Promise.allSettled([...Array.from({ length: 80 }, () => checkSyntax(7n, 'x', 'page')), checkSyntax(8n, 'fine', 'page'), renderLiquid(inputOf('page', {}, { tenantId: 7 }))])
    expect(flood.some(({ status }) => status === 'rejected')).toBe(true)
    expect(flood.slice(80).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })

  it('finds nothing in what the reference allows', async () => {
    expect(await checkSyntax(1n, "{% 3scale_essentials %}{% debug:help %}{% cdn_asset /a.css %}{{ a | nope: 1 }}{% include 'x' with y %}{% form 'search' %}{% endform %}", 'page')).toBeNull()
    expect(await checkSyntax(1n, "{% email %}{% subject 'x' %}{% endemail %}", 'mail')).toBeNull()
  })
})
