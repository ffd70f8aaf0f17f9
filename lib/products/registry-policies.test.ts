import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createProduct } from '@/lib/products/create-product'
import { createRegistryPolicy, deleteRegistryPolicy, editRegistryPolicy } from '@/lib/products/registry-policies'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()
let ctx: Ctx
beforeAll(async () => {
  ctx = await makeTenant()
})

const schema = { $schema: 'http://apicast.io/policy-v1/schema#manifest#', name: 'Own', version: '1.0', summary: 'Our own', configuration: { type: 'object', properties: {} } }

describe('policies of the tenant\'s own gateways', () => {
  it('have a name, a version and a manifest, once each', async () => {
    const { id } = await createRegistryPolicy(ctx, { name: 'own', version: '1.0', schema })
    await expect(createRegistryPolicy(ctx, { name: 'own', version: '1.0', schema })).rejects.toMatchObject({ fields: { version: [expect.any(String)] } })
    await createRegistryPolicy(ctx, { name: 'own', version: '1.1', schema: JSON.stringify(schema) })
    await editRegistryPolicy(ctx, { policyId: id, version: '2.0', schema: { ...schema, summary: 'Better' } })
    expect(await ctx.db.registryPolicy.findUnique({ where: { id } })).toMatchObject({ name: 'own', version: '2.0', schema: { summary: 'Better' } })
    await deleteRegistryPolicy(ctx, { policyId: id })
    expect(await ctx.db.registryPolicy.count()).toBe(1)
  })

  it.each([{ name: 'with space' }, { version: '' }, { schema: 'no json' }, { schema: '[]' }, { schema: { configuration: 'text' } }, { schema: { big: 'x'.repeat(70_000) } }])('refuses %.80j', async (broken) => {
    await expect(createRegistryPolicy(ctx, { name: 'fine', version: '1.0', schema, ...broken } as never)).rejects.toThrow()
  })

  it('stay while a chain names them', async () => {
    const { id } = await createRegistryPolicy(ctx, { name: 'used', version: '1.0', schema })
    const product = await createProduct(ctx, { name: 'Chained' })
    await ctx.db.product.update({ where: { id: product.id }, data: { policies: [{ name: 'used', version: '1.0', enabled: true, configuration: {} }] } })
    await expect(deleteRegistryPolicy(ctx, { policyId: id })).rejects.toMatchObject({ code: 'in_use', publicMessage: expect.stringContaining('Chained') })
  })

  it('ISO-5 are not found by another tenant', async () => {
    const { id } = await createRegistryPolicy(ctx, { name: 'ours', version: '1.0', schema })
    const other = await makeTenant()
    await expect(editRegistryPolicy(other, { policyId: id, version: '9' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteRegistryPolicy(other, { policyId: id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
