import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { ownerPool } from '@/lib/db/system-db'
import { addDomain, addGatewayDomain } from '@/lib/domains/add-domain'
import { checkDomain, checkDueDomains } from '@/lib/domains/check-domain'
import { checkDomainName } from '@/lib/domains/domain-name'
import { isOfProvedDomain, listDomains, listGatewayDomains } from '@/lib/domains/queries'
import { removeDomain } from '@/lib/domains/remove-domain'
import type { DomainResolver } from '@/lib/domains/resolver'
import { txtNameOf } from '@/lib/domains/schema'
import { createProduct } from '@/lib/products/create-product'
import { getProduct } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { findTenantByHost } from '@/lib/tenants/queries'
import { mayHaveCertificate } from '@/lib/zones/may-have-certificate'
import { forgetHosts, resolveHost } from '@/lib/zones/resolve-host'

/** A name system made of three tables; `silent` answers nobody. */
function names(records: { txt?: Record<string, string[]>; cname?: Record<string, string[]>; addresses?: Record<string, string[]>; silent?: boolean }): DomainResolver {
  const ask = (table: Record<string, string[]> | undefined) => async (name: string) => {
    if (records.silent) throw Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })
    return table?.[name] ?? []
  }
  return { txt: ask(records.txt), cname: ask(records.cname), addresses: ask(records.addresses) }
}

let count = 0
const freshName = () => `developer${++count}.example.com`

describe('domains', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx
  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
  })

  const recordsOf = async (of: Ctx, id: bigint) => (await listDomains(of)).domains.find((domain) => BigInt(domain.id) === id)!
  const proofOf = async (of: Ctx, id: bigint) => {
    const { records } = await recordsOf(of, id)
    return { [records[0]!.name]: ['v=spf1 -all', records[0]!.value] }
  }

  it('ZONE-4 a domain serves nothing until its TXT record is proved, then at once', async () => {
    const name = freshName()
    const { id } = await addDomain(ctx, { name: `https://${name.toUpperCase()}./` })
    expect(await findTenantByHost(name, 'portal')).toBeNull()
    expect(await checkDomain(ctx, { domainId: id }, names({}))).toEqual({ state: 'waiting', problem: 'txt_missing' })
    expect(await checkDomain(ctx, { domainId: id }, names({ txt: { [txtNameOf(name)]: ['gatehouse-verification=another'] } }))).toEqual({ state: 'waiting', problem: 'txt_wrong' })
    expect(await checkDomain(ctx, { domainId: id }, names({ silent: true }))).toEqual({ state: 'waiting', problem: 'dns_silent' })
    expect(await findTenantByHost(name, 'portal')).toBeNull()

    const txt = await proofOf(ctx, id)
    const { ownHost } = await listDomains(ctx)
    expect(await checkDomain(ctx, { domainId: id }, names({ txt }))).toEqual({ state: 'proved', problem: 'not_pointing' })
    expect((await findTenantByHost(name, 'portal'))?.id).toBe(ctx.tenant.id)
    expect(await checkDomain(ctx, { domainId: id }, names({ cname: { [name]: ['elsewhere.example'] }, addresses: { [name]: ['192.0.2.1'], [ownHost]: ['192.0.2.2'] } }))).toEqual({ state: 'proved', problem: 'elsewhere' })
    expect(await portalUrlOf(ctx.tenant)).toContain(ownHost)
    expect(await checkDomain(ctx, { domainId: id }, names({ cname: { [name]: [ownHost] } }))).toEqual({ state: 'proved', problem: null })
    expect(await portalUrlOf(ctx.tenant)).toContain(`//${name}`)
    expect(await checkDomain(ctx, { domainId: id }, names({ addresses: { [name]: ['192.0.2.2'], [ownHost]: ['192.0.2.2'] } }))).toEqual({ state: 'proved', problem: null })
  })

  it('ZONE-4 a proof is one tenant\'s: the token of another does not count, and of two who prove it the second is told', async () => {
    const name = freshName()
    const mine = await addDomain(ctx, { name })
    const theirs = await addDomain(other, { name })
    const both = { [txtNameOf(name)]: [...Object.values(await proofOf(ctx, mine.id)).flat(), ...Object.values(await proofOf(other, theirs.id)).flat()] }
    expect(await checkDomain(other, { domainId: theirs.id }, names({ txt: await proofOf(ctx, mine.id) }))).toMatchObject({ state: 'waiting', problem: 'txt_wrong' })
    expect(await checkDomain(ctx, { domainId: mine.id }, names({ txt: both }))).toMatchObject({ state: 'proved' })
    expect(await checkDomain(other, { domainId: theirs.id }, names({ txt: both }))).toEqual({ state: 'waiting', problem: 'taken' })
    expect((await findTenantByHost(name, 'portal'))?.id).toBe(ctx.tenant.id)
  })

  it('ZONE-4 two checks at once prove a domain once', async () => {
    const name = freshName()
    const { id } = await addDomain(ctx, { name })
    const resolver = names({ txt: await proofOf(ctx, id) })
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => checkDomain(ctx, { domainId: id }, resolver)))
    expect(new Set(outcomes.map(({ state }) => state))).toEqual(new Set(['proved']))
    expect(await ctx.db.event.count({ where: { type: 'domain.proved', data: { path: ['domainId'], equals: Number(id) } } })).toBe(1)
  })

  it('ZONE-4 a removed domain stops serving and stays reserved for thirty days, but not from its former tenant', async () => {
    const name = freshName()
    const { id } = await addDomain(ctx, { name })
    await checkDomain(ctx, { domainId: id }, names({ txt: await proofOf(ctx, id) }))
    await removeDomain(ctx, { domainId: id })
    expect(await findTenantByHost(name, 'portal')).toBeNull()
    await expect(addDomain(other, { name })).rejects.toMatchObject({ code: 'invalid', fields: { name: [expect.stringContaining('It is free on')] } })
    const later = { ...other, now: new Date(other.now.getTime() + 31 * 86_400_000) }
    await expect(addDomain(later, { name })).resolves.toMatchObject({ id: expect.any(BigInt) })
    await expect(addDomain(ctx, { name })).resolves.toMatchObject({ id: expect.any(BigInt) })
  })

  it.each(['', 'localhost', 'acme.localhost', 'acme.portal.localhost', 'portal.localhost', 'gw.localhost', '127.0.0.1', '[::1]', 'com', 'co.uk', 'github.io', 'a b.example.com', '*.example.com', 'user@example.com', 'exa_mple', 'x'.repeat(70) + '.com'])(
    'ZONE-4 %j is refused with a sentence',
    async (typed) => {
      expect(checkDomainName(typed)).toMatchObject({ ok: false, reason: expect.stringMatching(/^[A-Z].*\.$/) })
      await expect(addDomain(ctx, { name: typed })).rejects.toMatchObject({ code: 'invalid', status: 422, fields: { name: [expect.any(String)] } })
    },
  )

  it('names are kept as the look-up reads them', () => {
    expect(checkDomainName(' HTTPS://Entwickler.Müller.DE/docs ')).toEqual({ ok: true, name: 'entwickler.xn--mller-kva.de', apex: false })
    expect(checkDomainName('example.com')).toEqual({ ok: true, name: 'example.com', apex: true })
  })

  it('IDM-2 the same domain twice is a sentence at the field', async () => {
    const name = freshName()
    await addDomain(ctx, { name })
    await expect(addDomain(ctx, { name })).rejects.toMatchObject({ code: 'invalid', fields: { name: ['You have added this domain already.'] } })
  })

  it('what waits is looked at without anybody pressing a button', async () => {
    const name = freshName()
    const { id } = await addDomain(ctx, { name })
    const resolver = names({ txt: await proofOf(ctx, id) })
    const in2Minutes = new Date(Date.now() + 120_000)
    await checkDueDomains(in2Minutes, resolver)
    expect(await recordsOf(ctx, id)).toMatchObject({ state: 'proved' })
  })

  it('a proxy is told yes for what we serve and no for everything else', async () => {
    const name = freshName()
    const { id } = await addDomain(ctx, { name })
    expect(await mayHaveCertificate(name)).toBe(false)
    await checkDomain(ctx, { domainId: id }, names({ txt: await proofOf(ctx, id) }))
    await ownerPool().query(`INSERT INTO hosts ("tenantId", name, zone) VALUES ($1, 'api.customer.example', 'gateway')`, [ctx.tenant.id])
    forgetHosts()
    for (const yes of [name, name.toUpperCase(), `${ctx.tenant.slug}.portal.localhost`, `${ctx.tenant.slug}.admin.localhost`, 'api.customer.example', 'localhost']) expect(await mayHaveCertificate(yes), yes).toBe(true)
    for (const no of [null, '', 'nobody.example.com', 'nobody.portal.localhost', '127.0.0.1', 'a b', `x.${name}`]) expect(await mayHaveCertificate(no), String(no)).toBe(false)
    expect(await resolveHost(name)).toMatchObject({ zone: 'portal', tenantId: ctx.tenant.id })
  })

  it('ML-1 an address counts as the tenant\'s own only at a proved domain or below it', async () => {
    const name = freshName()
    const { id } = await addDomain(ctx, { name })
    expect(await isOfProvedDomain(ctx.db, `api@${name}`)).toBe(false)
    await checkDomain(ctx, { domainId: id }, names({ txt: await proofOf(ctx, id) }))
    expect(await isOfProvedDomain(ctx.db, `api@${name}`)).toBe(true)
    expect(await isOfProvedDomain(ctx.db, `api@mail.${name}`)).toBe(true)
    expect(await isOfProvedDomain(ctx.db, 'api@example.com')).toBe(false)
    expect(await isOfProvedDomain(other.db, `api@${name}`)).toBe(false)
  })

  it('ZONE-4 a domain of a gateway serves production of its product, and is told to partners once it leads there', async () => {
    const name = freshName()
    const { id: productId } = await createProduct(ctx, { name: 'Orders' })
    const { id } = await addGatewayDomain(ctx, { productId, name })
    const [domain] = await listGatewayDomains(ctx, productId)
    const { production } = (await getProduct(ctx, productId)).hosts
    expect(domain!.records[1]).toEqual({ type: 'CNAME', name, value: production })
    const txt = { [domain!.records[0]!.name]: [domain!.records[0]!.value] }
    expect(await checkDomain(ctx, { domainId: id }, names({ txt }))).toEqual({ state: 'proved', problem: 'not_pointing' })
    forgetHosts()
    expect(await resolveHost(name)).toMatchObject({ zone: 'gateway', host: name })
    expect(await mayHaveCertificate(name)).toBe(true)
    expect((await getProduct(ctx, productId)).baseUrls.production).toContain(production!)
    await checkDomain(ctx, { domainId: id }, names({ cname: { [name]: [production!] } }))
    expect((await getProduct(ctx, productId)).baseUrls.production).toContain(name)
    expect((await getProduct(ctx, productId)).hosts.production).toBe(production)
    await expect(removeDomain(ctx, { domainId: id }, 'portal')).rejects.toMatchObject({ code: 'not_found' })
    await removeDomain(ctx, { domainId: id }, 'gateway')
    forgetHosts()
    expect(await mayHaveCertificate(name)).toBe(false)
    await expect(addGatewayDomain(other, { productId, name: freshName() })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('ISO-5 another tenant can neither look at nor check nor remove a domain', async () => {
    const { id } = await addDomain(ctx, { name: freshName() })
    await expect(checkDomain(other, { domainId: id }, names({}))).rejects.toMatchObject({ code: 'not_found' })
    await expect(removeDomain(other, { domainId: id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
