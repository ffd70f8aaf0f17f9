import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/test-database'
import { exampleOf, fillPath, idNames } from '@/lib/management/examples.fixture'
import { callManagement, type Asked } from '@/lib/management/management.fixture'
import type { ManagementRoute } from '@/lib/management/management-route'
import { managementRoutes } from '@/lib/management/routes/index'
import { makeManagementWorld, type ManagementWorld } from '@/lib/management/world.fixture'

testDatabase()

/** Ids that are the same for everybody: the one section, and built-in things without a row. */
const everybodys = new Set(['section_id', 'key', 'referrer_filter_id', 'environment', 'version'])

describe('another tenant through the management API', { timeout: 120_000 }, () => {
  let own: ManagementWorld
  let foreign: ManagementWorld
  beforeAll(async () => {
    own = await makeManagementWorld()
    foreign = await makeManagementWorld()
  })

  it('ISO-7 every id of another tenant in a path is an id that never was', async () => {
    const before = await countAll(foreign)
    for (const route of managementRoutes) {
      for (const name of idNames(route.path, own.ids)) {
        if (everybodys.has(name)) continue
        const path = fillPath(route.path, { ...own.ids, [name]: foreign.ids[name]! })
        const { status, json } = await own.call(route.method, path + suffixOf(route) + queryOf(route), bodyOf(route))
        expect([`${route.method} ${route.path} with a foreign ${name}`, status, json]).toEqual([`${route.method} ${route.path} with a foreign ${name}`, 404, { status: 'Not found' }])
      }
    }
    expect(await countAll(foreign)).toEqual(before)
  })

  it('ISO-7 every id of another tenant in a body or a filter is an id that never was', async () => {
    const before = await countAll(foreign)
    for (const route of managementRoutes) {
      for (const name of Object.keys(route.input.shape)) {
        const value = foreign.ids[name === 'object_id' ? 'account_id' : name]
        if (!name.endsWith('_id') || typeof value !== 'bigint' || everybodys.has(name)) continue
        const sent = { ...sentBy(own, route), [name]: Number(value) }
        const isRead = route.method === 'GET' || route.method === 'DELETE'
        const query = isRead ? `?${new URLSearchParams(Object.entries(sent).map(([key, each]) => [key, String(each)]))}` : ''
        const { status, text } = await own.call(route.method, fillPath(route.path, own.ids) + suffixOf(route) + query, isRead ? {} : { body: sent })
        const what = `${route.method} ${route.path} with a foreign ${name}`
        // A list filtered by what one does not have is empty; everything else is refused.
        if (status === 200 && isRead && route.answers.kind === 'many') expect([what, (JSON.parse(text) as Record<string, unknown[]>)[route.answers.name]]).toEqual([what, []])
        else expect([what, [404, 422].includes(status)]).toEqual([what, true])
      }
    }
    expect(await countAll(foreign)).toEqual(before)
  })

  it('ISO-7 no list shows anything of another tenant', async () => {
    for (const route of managementRoutes) {
      if (route.method !== 'GET' || (route.answers.kind !== 'many' && route.answers.kind !== 'bare')) continue
      const { status, text } = await own.call('GET', fillPath(route.path, own.ids) + suffixOf(route) + queryOf(route))
      expect([route.path, status, text.includes(foreign.ctx.tenant.slug)]).toEqual([route.path, 200, false])
    }
  })

  it('KEY-6 a token of another tenant is an unknown token, and so is its provider key', async () => {
    const { status, json } = await own.call('GET', '/admin/api/accounts.json', { token: foreign.token })
    const unknown = await own.call('GET', '/admin/api/accounts.json', { token: 'at_nobody' })
    expect([status, json]).toEqual([unknown.status, unknown.json])
    expect(status).toBe(401)
    expect((await callManagement('no-such-tenant', 'GET', '/admin/api/accounts.json', { token: own.token })).status).toBe(404)
  })

  const queryOf = (route: ManagementRoute) => {
    const sent = sentBy(own, route)
    return route.method === 'GET' || route.method === 'DELETE' ? `?${new URLSearchParams(Object.entries(sent).map(([key, each]) => [key, String(each)]))}` : ''
  }
  const bodyOf = (route: ManagementRoute): Asked => {
    if (route.method === 'GET' || route.method === 'DELETE') return {}
    const sent = exampleOf(route).send?.(own)
    return { body: sent instanceof FormData ? sent : sentBy(own, route) }
  }
})

function sentBy(world: ManagementWorld, route: ManagementRoute): Record<string, unknown> {
  const sent = exampleOf(route).send?.(world) ?? {}
  return sent instanceof FormData ? {} : Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]))
}

const suffixOf = (route: ManagementRoute) => (route.formats.includes('json') ? '.json' : `.${route.formats[0]}`)

async function countAll({ ctx: { db } }: ManagementWorld) {
  return Promise.all([db.account.findMany(), db.developer.findMany(), db.application.findMany(), db.credential.count(), db.member.findMany(), db.accessToken.findMany(), db.fieldDefinition.findMany(), db.apiSpec.count(), db.portalTemplate.findMany(), db.portalFile.count(), db.plan.findMany(), db.product.count()])
}
