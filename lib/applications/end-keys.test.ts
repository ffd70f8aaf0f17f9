import { beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { endDueKeys, rotateAppKey, setKeyEnd } from '@/lib/applications/end-keys'
import { addAppKey } from '@/lib/applications/change-credentials'
import { getApplication } from '@/lib/applications/queries'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createPlan } from '@/lib/plans/create-plan'
import { makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'

const DAY_MS = 86_400_000

describe('keys that end', () => {
  testDatabase()
  let ctx: Ctx
  let accountId: bigint
  let planId: bigint
  const later = (days: number): Ctx => ({ ...ctx, now: new Date(ctx.now.getTime() + days * DAY_MS) })

  beforeAll(async () => {
    ctx = await makeTenant()
    const { productId } = await makeTestProduct(ctx)
    accountId = (await createAccount(ctx, { orgName: 'Overlap Ltd' })).id
    planId = (await createPlan(ctx, { productId, name: 'Keys' })).id
  })

  async function newKey(): Promise<{ applicationId: bigint; credentialId: number }> {
    const { id } = await createApplication(ctx, { accountId, planId, name: 'App' })
    return { applicationId: id, credentialId: (await getApplication(ctx, id)).appKeys[0]!.id }
  }
  const keysOf = async (id: bigint) => (await getApplication(ctx, id)).appKeys

  it('KEY-4 a rotation makes the new key and gives the old one its end in one step', async () => {
    const { applicationId, credentialId } = await newKey()
    const endsAt = new Date(ctx.now.getTime() + 7 * DAY_MS)
    const made = await rotateAppKey(ctx, { applicationId, credentialId, end: 'date', endsAt })
    expect(made.key).toMatch(/^ak_/)
    expect((await keysOf(applicationId)).map(({ id, expiresAt }) => [id, expiresAt])).toEqual([[credentialId, endsAt], [Number(made.credentialId), null]])
  })

  it('KEY-4 a key whose date has come is cleared, not before', async () => {
    const { applicationId, credentialId } = await newKey()
    await setKeyEnd(ctx, { applicationId, credentialId, end: 'date', endsAt: new Date(ctx.now.getTime() + 2 * DAY_MS).toISOString() })
    await endDueKeys(later(1))
    expect(await keysOf(applicationId)).toHaveLength(1)
    await endDueKeys(later(2))
    expect(await keysOf(applicationId)).toHaveLength(0)
    expect((await getApplication(ctx, applicationId)).revoked).toMatchObject([{ id: credentialId }])
  })

  it('a key that ends when unused lives as long as calls come', async () => {
    const { applicationId, credentialId } = await newKey()
    await setKeyEnd(ctx, { applicationId, credentialId, end: 'unused', unusedDays: '3' as never })
    await ctx.db.credential.update({ where: { id: BigInt(credentialId) }, data: { createdAt: later(-10).now, lastUsedAt: later(1).now } })
    await endDueKeys(later(3))
    expect(await keysOf(applicationId)).toHaveLength(1)
    await endDueKeys(later(4.1))
    expect(await keysOf(applicationId)).toHaveLength(0)
  })

  it('an end can be lifted again', async () => {
    const { applicationId, credentialId } = await newKey()
    await setKeyEnd(ctx, { applicationId, credentialId, end: 'date', endsAt: later(1).now })
    await setKeyEnd(ctx, { applicationId, credentialId, end: 'never' })
    await endDueKeys(later(400))
    expect(await keysOf(applicationId)).toHaveLength(1)
  })

  it('says what is missing or in the past, and refuses a sixth key', async () => {
    const { applicationId, credentialId } = await newKey()
    const wrong = (input: object) => expect(setKeyEnd(ctx, { applicationId, credentialId, ...input } as never)).rejects
    await wrong({ end: 'date', endsAt: later(-1).now }).toMatchObject({ fields: { endsAt: ['Choose a moment in the future.'] } })
    await wrong({ end: 'unused', unusedDays: '' }).toMatchObject({ fields: { unusedDays: ['After how many days without a call?'] } })
    for (let i = 0; i < 4; i++) await addAppKey(ctx, { applicationId })
    await expect(rotateAppKey(ctx, { applicationId, credentialId, end: 'never' })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('ISO-10 is closed to a developer of another account', async () => {
    const { applicationId, credentialId } = await newKey()
    const other = await createAccount(ctx, { orgName: 'Other', developer: { email: 'o@other.example' } })
    const stranger: Ctx = { ...ctx, actor: { kind: 'developer', id: other.developerId!, name: 'O', email: 'o@other.example', accountId: other.id, sessionId: 1n } }
    await expect(rotateAppKey(stranger, { applicationId, credentialId, end: 'never' })).rejects.toMatchObject({ code: 'not_found' })
  })
})
