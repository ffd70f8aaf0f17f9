import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { compileUsageMatcher, matchUsage, type UsageMatcher } from '@/lib/gateway/match-usage'
import { createProduct } from '@/lib/products/create-product'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { planImport } from '@/lib/products/openapi/plan-import'
import { readSnapshot } from '@/lib/products/promote-config'
import { listMappingRules } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'

type Operation = { operationId: string; parameters?: { $ref?: string }[] }
const text = gunzipSync(readFileSync(new URL('data/github-rest.openapi.json.gz', import.meta.url))).toString()
const verbs = ['get', 'post', 'put', 'patch', 'delete']
const operations = Object.entries((JSON.parse(text) as { paths: Record<string, Record<string, Operation>> }).paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([verb]) => verbs.includes(verb))
    .map(([verb, { operationId }]) => ({ verb: verb.toUpperCase(), path, operationId })),
)

testDatabase()
let ctx: Ctx
let productId: bigint
let matcher: UsageMatcher
let hits: number
let nameOf: Map<number, { verb: string | null; path: string | null; operationId: string | null }>

beforeAll(async () => {
  ctx = await makeTenant()
  productId = (await createProduct(ctx, { name: 'GitHub' })).id
  const plan = await planImport(ctx, productId, { text })
  await applyImport(ctx, productId, { text }, {}, plan.fingerprint)
  const snapshot = await readSnapshot(ctx.db, productId)
  matcher = compileUsageMatcher(snapshot)
  hits = snapshot.metrics.find((metric) => metric.systemName === 'hits')!.id
  const metrics = await ctx.db.metric.findMany({ where: { productId } })
  nameOf = new Map(metrics.map((metric) => [Number(metric.id), metric]))
})

/** What a call of the path counts, as `[operationId, value]`; Hits apart. */
function countedBy(verb: string, path: string) {
  const usage = matchUsage(matcher, verb, path, '', null)
  const entries = usage?.entries ?? []
  return { hits: entries.find(([id]) => id === hits)?.[1] ?? 0, methods: entries.filter(([id]) => id !== hits).map(([id, value]) => [nameOf.get(id)?.operationId, value]) }
}

describe('the 845 operations of the GitHub document', () => {
  it('are imported one method and one rule each', async () => {
    expect(operations).toHaveLength(845)
    expect(await ctx.db.metric.count({ where: { productId, parentId: { not: null } } })).toBe(845)
    expect(await listMappingRules(ctx, productId)).toHaveLength(845)
  })

  it.each([
    ['plain values', (name: string) => `a-${name}`],
    ['numbers', () => '42'],
    ['encoded slashes and dots', () => 'a%2Fb.c'],
  ])('each counts its own method once and one hit, called with %s', (_, valueOf) => {
    const wrong = operations.flatMap(({ verb, path, operationId }) => {
      const called = path.replace(/\{(\w+)\}/g, (_match, name: string) => valueOf(name))
      const counted = countedBy(verb, called)
      return counted.hits === 1 && counted.methods.length === 1 && counted.methods[0]![0] === operationId && counted.methods[0]![1] === 1 ? [] : [{ verb, called, operationId, counted }]
    })
    expect(wrong).toEqual([])
  })

  it('cross slashes where the document says so, and only there', () => {
    expect(countedBy('GET', '/repos/o/r/contents/docs/guide/index.md')).toEqual({ hits: 1, methods: [['repos/get-content', 1]] })
    expect(countedBy('GET', '/repos/o/r/commits/feature/x/status')).toEqual({ hits: 1, methods: [['repos/get-combined-status-for-ref', 1]] })
    expect(countedBy('GET', '/repos/o/r/commits/feature/x')).toEqual({ hits: 1, methods: [['repos/get-commit', 1]] })
    expect(countedBy('GET', '/gists/public')).toEqual({ hits: 1, methods: [['gists/list-public', 1]] })
    expect(countedBy('GET', '/gists/public/anything/else')).toEqual({ hits: 0, methods: [] })
  })

  it('what the document does not have counts nothing: the catch-all rule is gone', () => {
    expect(countedBy('GET', '/nothing/here')).toEqual({ hits: 0, methods: [] })
  })
})
