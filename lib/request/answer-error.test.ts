import { describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { toAppError } from '@/lib/db/to-app-error'
import { isOvertaken, isUnstorableText } from '@/lib/db/violations'

testDatabase()

describe('what the database refuses', () => {
  it('a NUL is no text, in columns and in JSON', async () => {
    const { db, tenant } = await makeTenant()
    for (const data of [{ orgName: 'a\0b' }, { orgName: 'x', extra: { a: 'b\0' } }]) {
      const error: unknown = await db.account.create({ data: { tenantId: tenant.id, ...data } }).catch((thrown: unknown) => thrown)
      expect([isUnstorableText(error), isOvertaken(error), toAppError(error)?.code]).toEqual([true, false, 'invalid'])
    }
  })

  it('of two writes that wait for each other one is told to try again', async () => {
    const { db, tenant } = await makeTenant()
    const [one, two] = await Promise.all(['a', 'b'].map((orgName) => db.account.create({ data: { tenantId: tenant.id, orgName } })))
    const both = Promise.withResolvers<void>()
    let locked = 0
    const inTurn = (first: bigint, second: bigint) =>
      db.$transaction(async (tx) => {
        await tx.account.update({ where: { id: first }, data: { orgName: 'x' } })
        if (++locked === 2) both.resolve()
        await both.promise
        await tx.account.update({ where: { id: second }, data: { orgName: 'y' } })
      })
    const ended = await Promise.allSettled([inTurn(one!.id, two!.id), inTurn(two!.id, one!.id)])
    const errors = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
    expect(errors.map((error) => [isOvertaken(error), toAppError(error)?.code])).toEqual([[true, 'conflict']])
  })
})
