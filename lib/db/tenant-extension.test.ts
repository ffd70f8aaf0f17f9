import { readFileSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Prisma } from '@/lib/db/generated/client'
import { bindToTenant } from '@/lib/db/tenant-extension'

const ours = 7n
const other = 8n

it.each(['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'count', 'aggregate', 'groupBy', 'delete', 'deleteMany'])('ISO-2 narrows the where of %s', (operation) => {
  expect(bindToTenant(ours, 'Account', operation, { where: { id: 1n } })).toEqual({ where: { id: 1n, tenantId: ours } })
  expect(bindToTenant(ours, 'Account', operation, undefined)).toEqual({ where: { tenantId: ours } })
})

it.each(['update', 'updateMany', 'updateManyAndReturn'])('ISO-2 narrows %s and lets nobody move a row', (operation) => {
  expect(bindToTenant(ours, 'Account', operation, { where: { id: 1n }, data: { orgName: 'x' } })).toEqual({ where: { id: 1n, tenantId: ours }, data: { orgName: 'x' } })
  expect(() => bindToTenant(ours, 'Account', operation, { where: { id: 1n }, data: { tenantId: other } })).toThrow('another tenant')
  expect(() => bindToTenant(ours, 'Account', operation, { where: { id: 1n }, data: { tenantId: { set: other } } })).toThrow('another tenant')
})

it.each(['create', 'createMany', 'createManyAndReturn'])('ISO-2 names the tenant in the data of %s and refuses another', (operation) => {
  expect(bindToTenant(ours, 'Account', operation, { data: { orgName: 'x' } })).toEqual({ data: { orgName: 'x', tenantId: ours } })
  expect(bindToTenant(ours, 'Account', operation, { data: [{ orgName: 'x' }, { orgName: 'y', tenantId: ours }] })).toEqual({
    data: [
      { orgName: 'x', tenantId: ours },
      { orgName: 'y', tenantId: ours },
    ],
  })
  expect(() => bindToTenant(ours, 'Account', operation, { data: [{ tenantId: ours }, { tenantId: other }] })).toThrow('another tenant')
})

it('ISO-2 names the tenant in all three parts of an upsert', () => {
  expect(bindToTenant(ours, 'Account', 'upsert', { where: { id: 1n }, create: { orgName: 'x' }, update: { orgName: 'y' } })).toEqual({
    where: { id: 1n, tenantId: ours },
    create: { orgName: 'x', tenantId: ours },
    update: { orgName: 'y' },
  })
  expect(() => bindToTenant(ours, 'Account', 'upsert', { where: { id: 1n }, create: {}, update: { tenantId: other } })).toThrow('another tenant')
})

it('ISO-2 refuses a where that names the tenant otherwise', () => {
  for (const tenantId of [other, 8, { in: [other] }, { not: 0n }, null]) expect(() => bindToTenant(ours, 'Account', 'findMany', { where: { tenantId } })).toThrow('another tenant')
})

it('ISO-2 knows the tenant itself by its id', () => {
  expect(bindToTenant(ours, 'Tenant', 'findFirst', {})).toEqual({ where: { id: ours } })
  expect(() => bindToTenant(ours, 'Tenant', 'update', { where: { id: other }, data: {} })).toThrow('another tenant')
})

it('ISO-2 refuses what it does not know: operations and tables of no tenant', () => {
  expect(() => bindToTenant(ours, 'Account', 'findRaw', {})).toThrow('not known')
  for (const model of ['UsageBatch', 'JournalLease']) expect(() => bindToTenant(ours, model, 'findMany', {})).toThrow('belongs to no tenant')
})

it('ISO-1 every model but the known few carries tenantId', () => {
  const without = Object.values(Prisma.ModelName).filter((model) => !('tenantId' in (Prisma as unknown as Record<string, object>)[`${model}ScalarFieldEnum`]!))
  expect(without.sort()).toEqual(['JournalLease', 'Tenant', 'UsageBatch'])
  const schema = new URL('../../prisma/schema/', import.meta.url)
  const text = readdirSync(schema).map((name) => readFileSync(new URL(name, schema), 'utf8')).join('\n')
  expect(text).not.toMatch(/tenantId\s+BigInt\?/)
})
