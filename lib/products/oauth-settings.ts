import { z } from 'zod'
import { Prisma } from '@/lib/db/generated/client'
import { invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { egressPolicy, parseEgressUrl } from '@/lib/http/egress/policy'
import type { Introspection, OauthScope, OidcIssuer } from '@/lib/products/gateway-config'
import { sealIntrospectionSecret } from '@/lib/products/introspection-secret'
import { makeLoginSiteSecret, openLoginSiteSecret } from '@/lib/products/login-site-secret'
import { sameJson } from '@/lib/products/same-json'
import { productRef, type ProductRef } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

/** Everything of a product that has to do with bearer tokens. Staging follows at once, production with the next promotion; the login-site secret counts at once for both. */
export const signingAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const loginUrl = z
  .string()
  .trim()
  .max(255, 'Use at most 255 characters.')
  .refine((url) => url === '' || isWebAddress(url), 'Write a whole address, like https://login.example.com/authorize.')
  .refine((url) => !url.includes('#'), 'Leave out everything from # on.')
  // What we add ourselves; 3scale refuses the same three (reference gateway 3).
  .refine((url) => !/[?&](scope|state|tok|handoff|client_id)=/i.test(url), 'Leave scope, state, tok, handoff and client_id out of the query: we add them.')

const scopeInput = z.object({
  // RFC 6749 3.3, without the characters that would break a header.
  name: z.string().trim().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/, 'A scope’s name has no spaces, no quotes and at most 64 characters, like orders:read.'),
  sentence: z.string().trim().min(1, 'Tell the end user in a sentence what this allows.').max(200, 'Use at most 200 characters.'),
  methods: z.union([z.literal('all'), z.array(idInput).max(5000)]),
})

export const oauthSettingsInput = z.object({
  productId: idInput,
  oauthLoginUrl: loginUrl.optional(),
  scopes: z.array(scopeInput).max(50, 'Define at most 50 scopes.').optional(),
  clientCredentials: z.boolean().optional(),
  classicClients: z.boolean().optional(),
})
export type OauthSettingsInput = z.input<typeof oauthSettingsInput>

const claim = z.string().trim().max(255, 'Use at most 255 characters.').regex(/^[\x21-\x7e]*$/, 'A claim’s name has no spaces.')

const issuerInput = z.object({
  issuer: z.string().trim().max(500, 'Use at most 500 characters.').refine(isWebAddress, 'Write the issuer as its tokens name it, like https://login.example.com/realms/acme.'),
  audience: z.string().trim().max(255, 'Use at most 255 characters.').default(''),
  claim: claim.default('azp').transform((name) => name || 'azp'),
  algorithms: z.array(z.enum(signingAlgorithms, { error: 'Choose algorithms from the list: none and shared secrets are not among them.' })).max(signingAlgorithms.length).default([]),
})

export const oidcIssuersInput = z.object({ productId: idInput, issuers: z.array(issuerInput).max(10, 'Name at most 10 issuers.') })
export type OidcIssuersInput = z.input<typeof oidcIssuersInput>

export const introspectionInput = z.object({
  productId: idInput,
  url: z.string().trim().max(500, 'Use at most 500 characters.').refine((url) => url === '' || isWebAddress(url), 'Write a whole address, like https://login.example.com/introspect.'),
  clientId: z.string().trim().max(255, 'Use at most 255 characters.').default(''),
  /** Blank: the one that is kept already. */
  clientSecret: z.string().max(1000, 'Use at most 1000 characters.').default(''),
  claim: claim.default('client_id').transform((name) => name || 'client_id'),
})
export type IntrospectionInput = z.input<typeof introspectionInput>

/** Login URL, scopes and the two switches, as far as given. Throws `invalid` by field, `not_found`. */
export async function updateOauthSettings(ctx: Ctx, raw: OauthSettingsInput): Promise<void> {
  const { productId, oauthLoginUrl, scopes, clientCredentials, classicClients } = oauthSettingsInput.parse(raw)
  await writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    const wanted: Prisma.ProductUpdateInput = {}
    if (oauthLoginUrl !== undefined) wanted.oauthLoginUrl = oauthLoginUrl || null
    if (clientCredentials !== undefined) wanted.oauthClientCredentials = clientCredentials
    if (classicClients !== undefined) wanted.oauthClassicClients = classicClients
    if (scopes) {
      const known = await tx.metric.findMany({ where: { productId, retiredAt: null }, select: { id: true } })
      wanted.oauthScopes = checkScopes(scopes, new Set(known.map((metric) => metric.id))) as unknown as Prisma.InputJsonValue
    }
    const changed = Object.keys(wanted).filter((key) => !sameJson(wanted[key as keyof typeof wanted], product[key as keyof typeof product])) as (keyof typeof wanted & keyof typeof product)[]
    const data = Object.fromEntries(changed.map((key) => [key, wanted[key]]))
    if (changed.length > 0) await tx.product.update({ where: { id: productId }, data })
    return { result: undefined, unchanged: changed.length === 0, before: Object.fromEntries(changed.map((key) => [key, product[key]])), after: data }
  })
}

function checkScopes(scopes: z.output<typeof scopeInput>[], known: ReadonlySet<bigint>): OauthScope[] {
  const names = scopes.map((scope) => scope.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw invalid({ scopes: [`There are two scopes named ${twice}.`] })
  return scopes.map(({ name, sentence, methods }) => {
    if (methods !== 'all' && !methods.every((id) => known.has(id))) throw invalid({ scopes: [`${name} lists a method this product does not have.`] })
    return { name, sentence, methods: methods === 'all' ? 'all' : methods.map(Number) }
  })
}

/** The identity providers whose tokens the product takes, all of them. */
export async function setOidcIssuers(ctx: Ctx, raw: OidcIssuersInput): Promise<void> {
  const { productId, issuers } = oidcIssuersInput.parse(raw)
  const names = issuers.map(({ issuer }) => issuer)
  if (new Set(names).size < names.length) throw invalid({ issuers: ['Name each issuer once.'] })
  for (const { issuer } of issuers) assertReachable(issuer, 'issuers')
  await writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    const unchanged = sameJson(issuers, product.oidcIssuers)
    if (!unchanged) await tx.product.update({ where: { id: productId }, data: { oidcIssuers: issuers satisfies OidcIssuer[] } })
    return { result: undefined, unchanged, before: { oidcIssuers: product.oidcIssuers }, after: { oidcIssuers: issuers } }
  })
}

/** Where opaque tokens are asked about; a blank address takes it away. */
export async function setIntrospection(ctx: Ctx, raw: IntrospectionInput): Promise<void> {
  const { productId, url, clientId, clientSecret, claim: claimName } = introspectionInput.parse(raw)
  if (url !== '') assertReachable(url, 'url')
  await writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    const before = product.introspection as Introspection | null
    const tellable = (value: Introspection | null) => value && { url: value.url, clientId: value.clientId, claim: value.claim }
    if (url === '') {
      if (before) await tx.product.update({ where: { id: productId }, data: { introspection: Prisma.DbNull } })
      return { result: undefined, unchanged: before === null, before: { introspection: tellable(before) }, after: { introspection: null } }
    }
    if (clientId === '') throw invalid({ clientId: ['Name the client we introduce ourselves as.'] })
    if (clientSecret === '' && !before) throw invalid({ clientSecret: ['Its secret is needed as well.'] })
    // A kept secret goes to the host it was given for, and to no other that somebody types in later.
    if (clientSecret === '' && new URL(before!.url).origin !== new URL(url).origin) throw invalid({ clientSecret: ['The address is at another host: write the secret once more.'] })
    const secretCipher = clientSecret === '' ? before!.secretCipher : sealIntrospectionSecret(ctx.tenant.id, productId, clientSecret)
    const introspection: Introspection = { url, clientId, secretCipher, claim: claimName }
    await tx.product.update({ where: { id: productId }, data: { introspection } })
    return { result: undefined, before: { introspection: tellable(before) }, after: { introspection: tellable(introspection), secretChanged: clientSecret !== '' } }
  })
}

/** A new secret for the login site; the old one is worth nothing from then on, in both environments. */
export async function rotateLoginSiteSecret(ctx: Ctx, raw: ProductRef): Promise<{ secret: string }> {
  const { productId } = productRef.parse(raw)
  return writeProduct(ctx, productId, 'product.changed', async (tx) => {
    const { secret, oauthSecretCipher } = makeLoginSiteSecret(ctx.tenant.id, productId)
    await tx.product.update({ where: { id: productId }, data: { oauthSecretCipher } })
    return { result: { secret }, after: { loginSiteSecretRotatedAt: ctx.now } }
  })
}

/** The secret in the clear, for the person who asks to see it; made on the first asking. The audit log notes who did. */
export async function revealLoginSiteSecret(ctx: Ctx, raw: ProductRef): Promise<{ secret: string }> {
  const { productId } = productRef.parse(raw)
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM products WHERE "tenantId" = ${ctx.tenant.id} AND id = ${productId} FOR UPDATE`
    const product = await tx.product.findUnique({ where: { id: productId }, select: { name: true, oauthSecretCipher: true } })
    if (!product) throw notFound()
    await recordAudit(tx, ctx.audit, { action: 'product.secret_revealed', object: { kind: 'product', id: productId, name: product.name }, after: { what: 'login site' } })
    if (product.oauthSecretCipher) return { secret: openLoginSiteSecret(ctx.tenant.id, productId, product.oauthSecretCipher) }
    const { secret, oauthSecretCipher } = makeLoginSiteSecret(ctx.tenant.id, productId)
    await tx.product.update({ where: { id: productId }, data: { oauthSecretCipher } })
    return { secret }
  })
}

/** What the screens show; secrets are told apart from it. */
export type OauthDto = {
  loginUrl: string | null
  scopes: OauthScope[]
  clientCredentials: boolean
  classicClients: boolean
  hasLoginSiteSecret: boolean
  issuers: OidcIssuer[]
  introspection: Omit<Introspection, 'secretCipher'> | null
}

export async function getOauthSettings(ctx: Ctx, productId: bigint): Promise<OauthDto> {
  const product = await ctx.db.product.findUnique({ where: { id: productId } })
  if (!product) throw notFound()
  const introspection = product.introspection as Introspection | null
  return {
    loginUrl: product.oauthLoginUrl,
    scopes: product.oauthScopes as unknown as OauthScope[],
    clientCredentials: product.oauthClientCredentials,
    classicClients: product.oauthClassicClients,
    hasLoginSiteSecret: product.oauthSecretCipher !== null,
    issuers: product.oidcIssuers as unknown as OidcIssuer[],
    introspection: introspection && { url: introspection.url, clientId: introspection.clientId, claim: introspection.claim },
  }
}

/** Told at once rather than by the first call (EG-1). */
function assertReachable(url: string, field: string): void {
  try {
    parseEgressUrl(url, egressPolicy())
  } catch (error) {
    throw invalid({ [field]: [error instanceof Error ? error.message : 'This address is not allowed.'] })
  }
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !new URL(url).username
}
