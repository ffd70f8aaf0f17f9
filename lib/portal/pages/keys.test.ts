import { beforeAll, describe, expect, it } from 'vitest'
import { appKeyHash, userKeyHash } from '@/lib/applications/credential-hash'
import { testDatabase } from '@/lib/db/test-database'
import { promoteConfig } from '@/lib/products/promote-config'
import { assignsOf, call, flashOf, makeApplication, makePortal, makeVisit } from '@/lib/portal/pages/signed-in.fixture'

type Portal = Awaited<ReturnType<typeof makePortal>>

describe('keys of a partner’s application', () => {
  testDatabase()
  let byKey: Portal
  let byId: Portal
  beforeAll(async () => {
    byKey = await makePortal()
    byId = await makePortal()
    await byId.ctx.db.product.update({ where: { id: byId.productId }, data: { authenticationMode: 'app_id_app_key' } })
    await promoteConfig(byId.ctx, { productId: byId.productId })
  })
  const liveKeys = (portal: Portal, applicationId: bigint) => portal.ctx.db.credential.findMany({ where: { applicationId, kind: 'app_key', revokedAt: null }, orderBy: { id: 'asc' } })
  const changesOf = (portal: Portal, id: bigint) => portal.ctx.db.change.count({ where: { topic: 'application', subjectId: id } })

  it('KEY-4 the user key is replaced by anybody of the account; the old one dies at once', async () => {
    const visit = await makeVisit(byKey, { role: 'member' })
    const { id, userKey } = await makeApplication(byKey.ctx, visit, byKey.open)
    const before = await changesOf(byKey, id)
    expect(await call(visit, 'PUT', `/admin/applications/${id}/user_key`)).toMatchObject({ kind: 'redirect', to: `/admin/applications/${id}`, flash: { type: 'success' } })
    expect(await byKey.ctx.db.credential.findFirst({ where: { hash: userKeyHash(byKey.productId, userKey) } })).toBeNull()
    const { application } = assignsOf(await call(visit, 'GET', `/admin/applications/${id}`)) as unknown as { application: { user_key: string } }
    expect(application.user_key).toMatch(/^uk_/)
    expect(application.user_key).not.toBe(userKey)
    expect(await changesOf(byKey, id)).toBe(before + 1)
    expect(await byKey.ctx.db.event.count({ where: { type: 'credential.rotated' } })).toBe(1)
    expect(await byKey.ctx.db.auditEntry.count({ where: { action: 'credential.rotated', actorId: visit.developer.id } })).toBe(1)
  })

  it('KEY-4 application keys: up to five, each revoked alone, the last one stays', async () => {
    const visit = await makeVisit(byId)
    const { id, appKey, appId } = await makeApplication(byId.ctx, visit, byId.open)
    const path = `/admin/applications/${id}/keys`
    const page = async () => assignsOf(await call(visit, 'GET', `/admin/applications/${id}`)).application as { application_id: string; user_key: string; keys: string[]; application_keys: { url: string; 'last?': boolean }[]; can: Record<string, boolean>; curl: string }
    expect(await page()).toMatchObject({ application_id: appId, user_key: '', keys: [appKey], application_keys: [{ 'last?': true }], can: { 'add_application_keys?': true, 'delete_key?': false, 'regenerate_user_key?': false } })
    const [only] = await liveKeys(byId, id)
    expect(await call(visit, 'DELETE', `${path}/${only!.id}`)).toMatchObject({ kind: 'redirect', flash: { type: 'danger', text: expect.stringContaining('last key') as string } })
    for (let more = 0; more < 4; more++) expect(await call(visit, 'POST', path)).toMatchObject({ flash: { type: 'success' } })
    expect(await call(visit, 'POST', path)).toMatchObject({ flash: { type: 'danger', text: expect.stringContaining('5') as string } })
    expect((await page()).can).toMatchObject({ 'add_application_keys?': false, 'delete_key?': true })
    expect(await call(visit, 'DELETE', `${path}/${only!.id}`)).toMatchObject({ flash: { type: 'success' } })
    expect(await byId.ctx.db.credential.findFirst({ where: { hash: appKeyHash(byId.productId, id, appKey) } })).toBeNull()
    await expect(call(visit, 'DELETE', `${path}/${only!.id}`)).rejects.toMatchObject({ code: 'not_found' })

    const [first] = await liveKeys(byId, id)
    expect(await call(visit, 'PUT', `${path}/${first!.id}/regenerate`)).toMatchObject({ flash: { type: 'success' } })
    const after = await liveKeys(byId, id)
    expect(after).toHaveLength(4)
    expect(after.map((key) => key.id)).not.toContain(first!.id)
    // The call to paste carries the newest key.
    const { keys, curl } = await page()
    expect(curl).toContain(keys.at(-1))
  })

  it('what production serves decides which keys there are, not what the dashboard has not promoted yet', async () => {
    const own = await makePortal()
    const visit = await makeVisit(own)
    const { id, userKey } = await makeApplication(own.ctx, visit, own.open)
    await own.ctx.db.product.update({ where: { id: own.productId }, data: { authenticationMode: 'app_id_app_key' } })
    expect(assignsOf(await call(visit, 'GET', `/admin/applications/${id}`)).application).toMatchObject({ 'user_key_mode?': true, user_key: userKey, curl: expect.stringContaining(userKey) as string })
    expect(await call(visit, 'PUT', `/admin/applications/${id}/user_key`)).toMatchObject({ flash: { type: 'success' } })
  })

  it('keys of the other authentication mode are not there to change', async () => {
    const one = await makeVisit(byKey)
    const two = await makeVisit(byId)
    const { id } = await makeApplication(byKey.ctx, one, byKey.open)
    const other = await makeApplication(byId.ctx, two, byId.open)
    const [key] = await liveKeys(byKey, id)
    for (const [method, path] of [['POST', '/keys'], ['DELETE', `/keys/${key!.id}`], ['PUT', `/keys/${key!.id}/regenerate`], ['PUT', `/keys/${key!.id}/rotate`]] as const) await expect(call(one, method, `/admin/applications/${id}${path}`)).rejects.toMatchObject({ code: 'not_found' })
    await expect(call(two, 'PUT', `/admin/applications/${other.id}/user_key`)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('a key is replaced step by step: the new one at once, the old one with an end', async () => {
    const visit = await makeVisit(byId)
    const { id } = await makeApplication(byId.ctx, visit, byId.open)
    const [old] = await liveKeys(byId, id)
    expect(await call(visit, 'PUT', `/admin/applications/${id}/keys/${old!.id}/rotate`)).toMatchObject({ flash: { type: 'success' } })
    const [first, second] = await liveKeys(byId, id)
    expect([first!.id, first!.expiresAt !== null, second!.expiresAt]).toEqual([old!.id, true, null])
  })

  it('KEY-4 client secrets are keys, too: made, replaced and revoked by the partner where tokens are ours, and not there where they are another’s', async () => {
    const byToken = await makePortal()
    const setMode = async (authenticationMode: string) => {
      await byToken.ctx.db.product.update({ where: { id: byToken.productId }, data: { authenticationMode } })
      await promoteConfig(byToken.ctx, { productId: byToken.productId })
    }
    await setMode('oauth')
    const visit = await makeVisit(byToken)
    const { id } = await makeApplication(byToken.ctx, visit, byToken.open)
    const path = `/admin/applications/${id}/keys`
    const page = async () => assignsOf(await call(visit, 'GET', `/admin/applications/${id}`)).application as { application_keys: unknown[]; can: Record<string, boolean> }
    const before = (await page()).application_keys.length
    expect(await call(visit, 'POST', path)).toMatchObject({ flash: { type: 'success' } })
    const [first] = await liveKeys(byToken, id)
    expect(await call(visit, 'PUT', `${path}/${first!.id}/rotate`)).toMatchObject({ flash: { type: 'success' } })
    expect(await call(visit, 'DELETE', `${path}/${first!.id}`)).toMatchObject({ flash: { type: 'success' } })
    expect(await page()).toMatchObject({ application_keys: { length: before + 1 }, can: { 'add_application_keys?': true } })

    await setMode('oidc')
    expect(await page()).toMatchObject({ application_keys: [], can: { 'add_application_keys?': false, 'delete_key?': false } })
    await expect(call(visit, 'POST', path)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('ISO-5 a key of another application is not deleted by way of one’s own', async () => {
    const victim = await makeVisit(byId)
    const theirs = await makeApplication(byId.ctx, victim, byId.open)
    await call(victim, 'POST', `/admin/applications/${theirs.id}/keys`)
    const thief = await makeVisit(byId)
    const own = await makeApplication(byId.ctx, thief, byId.open)
    const [key] = await liveKeys(byId, theirs.id)
    for (const [method, path] of [['DELETE', `${key!.id}`], ['PUT', `${key!.id}/regenerate`]] as const) await expect(call(thief, method, `/admin/applications/${own.id}/keys/${path}`)).rejects.toMatchObject({ code: 'not_found' })
    expect(await liveKeys(byId, theirs.id)).toHaveLength(2)
  })

  it('two deletions at the same moment leave a key', async () => {
    const visit = await makeVisit(byId)
    const { id } = await makeApplication(byId.ctx, visit, byId.open)
    await call(visit, 'POST', `/admin/applications/${id}/keys`)
    const keys = await liveKeys(byId, id)
    const answers = await Promise.all(keys.map((key) => call(visit, 'DELETE', `/admin/applications/${id}/keys/${key.id}`)))
    expect(answers.map((answer) => flashOf(answer)).sort()).toEqual(['danger', 'success'])
    expect(await liveKeys(byId, id)).toHaveLength(1)
  })
})
