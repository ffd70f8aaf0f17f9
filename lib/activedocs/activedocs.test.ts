import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSpec } from '@/lib/activedocs/create-spec'
import { deleteSpec } from '@/lib/activedocs/delete-spec'
import { editSpec } from '@/lib/activedocs/edit-spec'
import { hideSpec, publishSpec } from '@/lib/activedocs/publish-spec'
import { findPublishedSpec, getSpec, listPublishedSpecs, listSpecs, readSpecJson } from '@/lib/activedocs/queries'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { isAppError } from '@/lib/errors'
import { createProduct } from '@/lib/products/create-product'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()

const ok = { 200: { description: 'ok' } }
const document = (extra: object = {}) => JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/zebra': { get: { responses: ok } }, '/ant': { get: { responses: ok } } }, ...extra })

describe('API documents', () => {
  let ctx: Ctx
  let other: Ctx
  let productId: bigint

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
    productId = (await createProduct(ctx, { name: 'Pets' })).id
  })

  const create = (extra: Partial<Parameters<typeof createSpec>[1]> = {}) => createSpec(ctx, { productId, name: 'Pets API', source: document(), ...extra })
  const problemOf = async (source: string): Promise<string> => {
    const error = await create({ source }).then(() => null, (thrown: unknown) => thrown)
    return isAppError(error) && error.code === 'invalid' ? (error.fields?.source?.[0] ?? '') : `no refusal: ${String(error)}`
  }

  it('are kept as written, in the order of their author, with a system name of their own', async () => {
    const [first, second] = [await create(), await create()]
    expect([first.systemName, second.systemName]).toEqual(['pets_api', 'pets_api_2'])
    expect(await getSpec(ctx, first.id)).toMatchObject({ name: 'Pets API', version: '3.1', operations: 2, published: false, source: document() })
    expect(Object.keys((JSON.parse(await readSpecJson(ctx, Number(first.id))) as { paths: object }).paths)).toEqual(['/zebra', '/ant'])
    const told = await create({ source: document({ info: { title: 'T', version: '1', description: 'Pets of every kind. With names.' } }) })
    expect((await getSpec(ctx, told.id)).description).toBe('Pets of every kind.')
    await expect(create({ systemName: 'pets_api' })).rejects.toMatchObject({ code: 'invalid', fields: { systemName: [expect.any(String)] } })
  })

  it('are read in YAML, Swagger 2.0, OpenAPI 3.0 and 3.1', async () => {
    const versions: [string, string][] = [
      ['swagger: "2.0"\ninfo: {title: T, version: "1"}\npaths:\n  /a: {get: {responses: {200: {description: ok}}}}\n', '2.0'],
      ['openapi: 3.0.3\ninfo: {title: T, version: "1"}\npaths:\n  /a: {get: {responses: {200: {description: ok}}}}\n', '3.0'],
      [document(), '3.1'],
    ]
    for (const [source, version] of versions) expect((await getSpec(ctx, (await create({ source })).id)).version).toBe(version)
    const twitter = await create({ source: readFileSync('e2e/data/twitter-rest-1.1.openapi.json', 'utf8') })
    expect((await getSpec(ctx, twitter.id)).operations).toBe(83)
  })

  it('DOC-4 three kinds of refusal, each with its line', async () => {
    expect(await problemOf('{\n  "openapi": "3.0.0",\n  oops\n}')).toMatch(/^Line 3: Not valid JSON/)
    expect(await problemOf('openapi: 3.0.0\ninfo: [1\npaths: {}')).toMatch(/^Line \d+: Not valid YAML/)
    expect(await problemOf('openapi: 4.0.0\ninfo: {title: T, version: "1"}')).toMatch(/^Line 1: The version "4.0.0" is not read here/)
    expect(await problemOf('{\n"openapi": "3.0.0",\n"info": {"title": "T"},\n"paths": {}\n}')).toMatch(/^Line 3: Not valid OpenAPI 3.0: must have required property 'version'/)
    expect(await problemOf(document({ paths: {}, components: { schemas: { A: {} } } }))).toBe('The document describes no operation.')
  })

  it('DOC-4 nothing outside the document is read, and nothing unfolds without end', async () => {
    for (const reference of ['file:///etc/passwd', 'http://127.0.0.1/x.json', 'other.json#/a'])
      expect(await problemOf(document({ components: { schemas: { A: { $ref: reference } } } }))).toMatch(/points outside the document/)
    const laughs = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join('\n')
    expect(await problemOf(`a0: &a0 lol\n${laughs}\nopenapi: 3.0.0`)).toMatch(/aliases/)
    expect(await problemOf(`{"openapi":"3.0.0","x":${'['.repeat(100)}${']'.repeat(100)}}`)).toMatch(/nested deeper/)
    expect(await problemOf(`openapi: "${'x'.repeat(10 * 1024 * 1024)}"`)).toMatch(/larger than 10 MB|no refusal/)
  })

  it('characters a database dislikes are no trouble', async () => {
    const { id } = await create({ source: document({ info: { title: 'a\u0000b \ud800 c', version: '1' } }) })
    expect(JSON.parse(await readSpecJson(ctx, Number(id)))).toMatchObject({ info: { title: 'a\u0000b \ud800 c' } })
  })

  it('an edit keeps the address; a document that does not hold up changes nothing', async () => {
    const { id, systemName } = await create({ name: 'Edited' })
    await editSpec(ctx, { specId: id, name: 'Renamed', source: document({ paths: { '/one': { get: { responses: ok } } } }) })
    expect(await getSpec(ctx, id)).toMatchObject({ name: 'Renamed', systemName, operations: 1 })
    await expect(editSpec(ctx, { specId: id, name: 'Again', source: '{' })).rejects.toMatchObject({ code: 'invalid' })
    expect(await getSpec(ctx, id)).toMatchObject({ name: 'Renamed', operations: 1 })
  })

  it('DOC-1 hidden ones are not found on the portal, published ones are, by system name or id', async () => {
    const { id, systemName } = await create({ name: 'Hidden first' })
    expect(await findPublishedSpec(ctx, systemName)).toBeNull()
    expect((await listPublishedSpecs(ctx)).map((spec) => spec.systemName)).not.toContain(systemName)
    await publishSpec(ctx, { specId: id })
    expect(await findPublishedSpec(ctx, systemName)).toMatchObject({ id: Number(id) })
    expect(await findPublishedSpec(ctx, String(id))).toMatchObject({ systemName })
    await hideSpec(ctx, { specId: id })
    expect(await findPublishedSpec(ctx, String(id))).toBeNull()
  })

  it('another tenant finds none of them, and cannot add to a product that is not its own', async () => {
    const { id, systemName } = await create({ name: 'Private', published: true })
    expect(await findPublishedSpec(other, systemName)).toBeNull()
    await expect(getSpec(other, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(listSpecs(other, { productId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(createSpec(other, { productId, name: 'x', source: document() })).rejects.toMatchObject({ code: 'not_found' })
    for (const act of [publishSpec, hideSpec, deleteSpec]) await expect(act(other, { specId: id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(editSpec(other, { specId: id, name: 'x' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('each write leaves one event and one audit entry, and none where nothing changes', async () => {
    const before = await ctx.db.event.count({ where: { type: { startsWith: 'api_spec.' } } })
    const { id } = await create({ name: 'Told' })
    await publishSpec(ctx, { specId: id })
    await publishSpec(ctx, { specId: id })
    await editSpec(ctx, { specId: id, name: 'Told' })
    await deleteSpec(ctx, { specId: id })
    const events = await ctx.db.event.findMany({ where: { type: { startsWith: 'api_spec.' } }, orderBy: { id: 'asc' }, skip: before })
    expect(events.map((event) => event.type)).toEqual(['api_spec.created', 'api_spec.published', 'api_spec.deleted'])
    const entries = await ctx.db.auditEntry.findMany({ where: { objectKind: 'api_spec', objectId: String(id) }, orderBy: { id: 'asc' } })
    expect(entries.map((entry) => entry.action)).toEqual(['api_spec.created', 'api_spec.published', 'api_spec.deleted'])
    await expect(getSpec(ctx, id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
