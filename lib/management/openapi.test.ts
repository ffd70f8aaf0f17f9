import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/test-database'
import { exampleOf, fillPath, idNames } from '@/lib/management/examples.fixture'
import { callManagement, type Asked, type Json } from '@/lib/management/management.fixture'
import type { ManagementRoute } from '@/lib/management/management-route'
import { documentPath, openapiDocument } from '@/lib/management/openapi'
import { managementRoutes } from '@/lib/management/routes/index'
import { makeManagementWorld, type ManagementWorld } from '@/lib/management/world.fixture'
import { assertWellFormed } from '@/lib/management/xml.fixture'
import { createAccessTokenFor } from '@/lib/tenants/access-tokens'
import { makeMember } from '@/lib/tenants/member.fixture'

testDatabase()

const document = openapiDocument(managementRoutes, { server: 'http://acme.admin.localhost:3000' })
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(document, 'document')

const rank = ({ method, path }: ManagementRoute) => ({ GET: 0, POST: 100, PUT: 200, DELETE: 300 })[method] - (method === 'DELETE' ? path.split('/').length : -path.split('/').length)
/** Reads first, then changes, then what deletes: the deepest first, so that nothing is gone before its turn. */
const inOrder = [...managementRoutes].sort((one, other) => rank(one) - rank(other))
const nameOf = ({ method, path }: ManagementRoute) => `${method} ${path}`
const suffixOf = (route: ManagementRoute) => (route.formats.includes('json') ? '.json' : `.${route.formats[0]}`)

describe('the document and what is served are the same', { timeout: 120_000 }, () => {
  let world: ManagementWorld
  beforeAll(async () => {
    world = await makeManagementWorld()
  })

  it('names every route once', () => {
    const names = managementRoutes.map(nameOf)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    const ids = managementRoutes.map((route) => (document.paths as Json)[documentPath(route)][route.method.toLowerCase()].operationId as string)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('a stranger hears 401 on every route, whatever it is', async () => {
    for (const route of managementRoutes) {
      const { status, json, headers } = await callManagement(world.ctx.tenant.slug, route.method, fillPath(route.path, world.ids) + suffixOf(route), { token: null })
      expect([nameOf(route), status, typeof json?.error, headers.get('x-request-id')?.length, headers.has('www-authenticate')]).toEqual([nameOf(route), 401, 'string', 22, true])
    }
  })

  it('a token without the scope, one that only reads, and a member without the permission hear 403', async () => {
    const { ctx, ids, call, member } = world
    const poor = await makeMember(ctx, { role: 'member', permissions: [] })
    const tokenOf = async (memberId: bigint, permission: 'ro' | 'rw', scopes: ManagementRoute['scope'][]) => (await createAccessTokenFor(ctx, memberId, { name: 'x', permission, scopes })).token
    const all = ['account_management', 'cms', 'finance', 'stats', 'policy_registry'] as const
    const powerless = await tokenOf(poor.id, 'rw', [...all])
    const reader = await tokenOf(member.id, 'ro', [...all])
    const narrow = new Map<string, string>()
    for (const scope of all) narrow.set(scope, await tokenOf(member.id, 'rw', all.filter((each) => each !== scope)))
    for (const route of managementRoutes) {
      const path = fillPath(route.path, ids) + suffixOf(route)
      const scoped = await call(route.method, path, { token: narrow.get(route.scope)! })
      expect([nameOf(route), scoped.status, scoped.json]).toEqual([nameOf(route), 403, { error: `Your access token lacks the scope ${route.scope}.` }])
      if (route.method !== 'GET') expect([nameOf(route), (await call(route.method, path, { token: reader })).json]).toEqual([nameOf(route), { error: 'Your access token may only read.' }])
      if (route.may !== null) expect([nameOf(route), (await call(route.method, path, { token: powerless })).json]).toEqual([nameOf(route), { status: 'Forbidden' }])
    }
  })

  it('what is missing is 422 by field', async () => {
    const { ids, call } = world
    for (const route of managementRoutes) {
      const required = Object.entries(route.input.shape).filter(([, schema]) => !(schema as { safeParse(value: unknown): { success: boolean } }).safeParse(undefined).success)
      if (required.length === 0) continue
      const { status, json } = await call(route.method, fillPath(route.path, ids) + suffixOf(route), route.method === 'GET' || route.method === 'DELETE' ? {} : { body: {} })
      expect([nameOf(route), status, Object.keys(json?.errors ?? {}).sort()]).toEqual([nameOf(route), 422, required.map(([name]) => name).sort()])
    }
  })

  it('what is not there is 404', async () => {
    const { ctx, ids, call } = world
    for (const route of managementRoutes) {
      if (!route.path.includes(':') || route.path.startsWith('/admin/api/cms/sections')) continue
      const example = exampleOf(route)
      const numbers = idNames(route.path, ids).filter((name) => !(name in (route.texts ?? {})) || name === 'key')
      if (numbers.length === 0) continue
      const missing = Object.fromEntries(numbers.map((name) => [name, name === 'key' ? 'no-such-key' : '999999999']))
      const { status, json } = await call(route.method, fillPath(route.path, { ...ids, ...missing }) + suffixOf(route) + queryOf(route, example.send?.(world)), bodyOf(route, example.send?.(world)))
      expect([nameOf(route), status, json], `${nameOf(route)} of ${ctx.tenant.slug}`).toEqual([nameOf(route), 404, { status: 'Not found' }])
    }
  })

  it('tells of pages where a list has them, and nowhere else', async () => {
    const { ids, call } = world
    const lists = managementRoutes.filter(({ method, answers }) => method === 'GET' && answers.kind === 'many')
    for (const route of lists) {
      const { status, json } = await call('GET', `${fillPath(route.path, ids)}.json?per_page=1`)
      // Searches without a word to look for are other tests'.
      if (status === 200) expect([nameOf(route), json.metadata?.per_page]).toEqual([nameOf(route), route.paged ? 1 : undefined])
    }
    expect(lists.filter(({ paged }) => !paged).map(nameOf).sort()).toEqual(['GET /admin/api/accounts/:account_id/applications/:application_id/keys', 'GET /admin/api/accounts/:account_id/applications/:application_id/referrer_filters', 'GET /admin/api/active_docs'])
  })

  it('every route answers as the document says', async () => {
    const { ids, call } = world
    for (const route of inOrder) {
      const example = exampleOf(route)
      await example.before?.(world)
      const sent = example.send?.(world)
      const path = fillPath(route.path, { ...ids, ...(await example.ids?.(world)) })
      const answered = await call(route.method, path + suffixOf(route) + queryOf(route, sent), bodyOf(route, sent))
      const said = (document.paths as Json)[documentPath(route)][route.method.toLowerCase()].responses as Record<string, Json>
      const wanted = Object.keys(said).find((status) => status.startsWith('2'))!
      expect.soft([nameOf(route), answered.status, answered.text.slice(0, 500)]).toEqual([nameOf(route), Number(wanted), expect.anything()])
      const schema = said[wanted].content?.['application/json']?.schema
      if (schema) expect.soft([nameOf(route), problemsOf(schema, answered.json)]).toEqual([nameOf(route), []])
      else if (route.answers.kind === 'nothing') expect([nameOf(route), answered.text]).toEqual([nameOf(route), ''])
      if (route.method === 'GET' && route.formats.includes('xml')) {
        const xml = await call('GET', `${path}.xml${queryOf(route, sent)}`)
        expect.soft([nameOf(route), xml.status, xml.headers.get('content-type')]).toEqual([nameOf(route), 200, 'application/xml; charset=utf-8'])
        assertWellFormed(xml.text)
      }
    }
  })
})

function queryOf(route: ManagementRoute, sent: Record<string, unknown> | FormData | undefined): string {
  if (!sent || sent instanceof FormData || (route.method !== 'GET' && route.method !== 'DELETE')) return ''
  return `?${new URLSearchParams(Object.entries(sent).map(([name, value]) => [name, String(value)]))}`
}

function bodyOf(route: ManagementRoute, sent: Record<string, unknown> | FormData | undefined): Asked {
  if (!sent || route.method === 'GET' || route.method === 'DELETE') return {}
  if (sent instanceof FormData) return { body: sent }
  return { body: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])) }
}

function problemsOf(schema: object, value: unknown): string[] {
  const validate: ValidateFunction = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"document#')) as object)
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
