import { z } from 'zod'
import type { Product } from '@/lib/db/generated/client'
import { env } from '@/lib/env'
import { answer, flag, linksOf, text, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getProductRow, policyEntry, policyJson } from '@/lib/management/product-json'
import { baseUrlsOf, listServingDomains, type BaseUrls } from '@/lib/products/base-urls'
import { deployConfig } from '@/lib/products/deploy-config'
import { defaultErrorAnswers, type ErrorAnswers, type OidcIssuer, type PolicyEntry } from '@/lib/products/gateway-config'
import { setOidcIssuers, updateOauthSettings } from '@/lib/products/oauth-settings'
import { policyDefinitions, policyJsonSchema } from '@/lib/products/policies'
import { openPolicySecrets } from '@/lib/products/policy-secrets'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { openSecretToken } from '@/lib/products/secrets-of-product'
import { setDeployment } from '@/lib/products/set-deployment'
import { setPolicies } from '@/lib/products/set-policies'
import { updateGateway } from '@/lib/products/update-gateway'
import { chainWithLine, withPort } from '@/lib/self-managed/apicast-config'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = {
  privateBaseUrl: 'api_backend', hostHeader: 'hostname_rewrite', credentialsLocation: 'credentials_location', userKeyName: 'auth_user_key', appIdName: 'auth_app_id', appKeyName: 'auth_app_key',
  issuers: 'oidc_issuer_endpoint', 'issuers.0.issuer': 'oidc_issuer_endpoint', 'issuers.0.claim': 'jwt_claim_with_client_id', oauthLoginUrl: 'oauth_login_url', policies: 'policies_config', secretToken: 'secret_token',
  productionUrl: 'endpoint', stagingUrl: 'sandbox_endpoint',
  'errorAnswers.authFailed.status': 'error_status_auth_failed', 'errorAnswers.authMissing.status': 'error_status_auth_missing', 'errorAnswers.noMatch.status': 'error_status_no_match', 'errorAnswers.limitsExceeded.status': 'error_status_limits_exceeded',
  'errorAnswers.authFailed.contentType': 'error_headers_auth_failed', 'errorAnswers.authMissing.contentType': 'error_headers_auth_missing', 'errorAnswers.noMatch.contentType': 'error_headers_no_match', 'errorAnswers.limitsExceeded.contentType': 'error_headers_limits_exceeded',
}
const common = { scope: 'account_management', may: 'gateway', formats: ['json', 'xml'], tag: 'Proxy', errorNames } as const
const path = '/admin/api/services/:service_id/proxy'
const empty = z.object({})

const kinds = { auth_failed: 'authFailed', auth_missing: 'authMissing', no_match: 'noMatch', limits_exceeded: 'limitsExceeded' } as const satisfies Record<string, keyof ErrorAnswers>

const proxyAnswer = z
  .looseObject({
    service_id: answer.id,
    endpoint: z.string().nullable(),
    sandbox_endpoint: z.string().nullable(),
    api_backend: z.string().nullable(),
    credentials_location: z.enum(['query', 'headers', 'authorization']),
    auth_app_key: z.string(),
    auth_app_id: z.string(),
    auth_user_key: z.string(),
    secret_token: z.string(),
    hostname_rewrite: z.string(),
    policies_config: z.array(policyEntry),
    created_at: answer.time,
    updated_at: answer.time,
    links: answer.links,
  })
  .describe('And `error_*`, `error_status_*`, `error_headers_*` of auth_failed, auth_missing, no_match and limits_exceeded.')

const oidcAnswer = z.object({ id: answer.id, standard_flow_enabled: z.boolean(), implicit_flow_enabled: z.boolean(), service_accounts_enabled: z.boolean(), direct_access_grants_enabled: z.boolean() })
const policiesAnswer = z.object({ policies_config: z.array(policyEntry) })
const status = wholeNumber(200).pipe(z.number().max(599, 'Write a status of 200 to 599.'))

/** As JSON, or as the text of it that forms send. */
const policiesField = z.union([z.array(z.unknown()), z.string().transform((value, context) => parseList(value, context))], { error: 'Write a list of policies.' })

const proxyInput = z.object({
  api_backend: text(2000).optional(),
  endpoint: text().optional(),
  sandbox_endpoint: text().optional(),
  credentials_location: z.enum(['query', 'headers', 'authorization'], { error: 'Choose one of query, headers, authorization.' }).optional(),
  auth_user_key: text(64).optional(),
  auth_app_id: text(64).optional(),
  auth_app_key: text(64).optional(),
  secret_token: text().optional(),
  hostname_rewrite: text().nullable().optional(),
  oidc_issuer_endpoint: text(500).nullable().optional(),
  oidc_issuer_type: text().nullable().optional(),
  jwt_claim_with_client_id: text().nullable().optional(),
  oauth_login_url: text().nullable().optional(),
  policies_config: policiesField.optional(),
  ...(Object.fromEntries(
    Object.keys(kinds).flatMap((kind) => [
      [`error_${kind}`, text(8192).optional()],
      [`error_status_${kind}`, status.optional()],
      [`error_headers_${kind}`, text(100).optional()],
    ]),
  ) as Record<`error_${keyof typeof kinds}` | `error_headers_${keyof typeof kinds}`, z.ZodOptional<ReturnType<typeof text>>> & Record<`error_status_${keyof typeof kinds}`, z.ZodOptional<typeof status>>),
})

/** How the gateway serves a product, and its push to gateways that download it (reference gateway 5, portal 8.4). */
export const proxyRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path,
    summary: 'Read how the gateway serves a product',
    input: empty,
    answers: { kind: 'one', name: 'proxy', schema: proxyAnswer, status: 200 },
    handle: ({ ctx, ids, origin }) => readProxy(ctx, ids.service_id!, origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path,
    summary: 'Change how the gateway serves a product',
    input: proxyInput,
    answers: { kind: 'one', name: 'proxy', schema: proxyAnswer, status: 200 },
    async handle({ ctx, ids, input, origin }) {
      await changeProxy(ctx, await getProductRow(ctx, ids.service_id!), input)
      return readProxy(ctx, ids.service_id!, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: `${path}/deploy`,
    summary: 'Keep what staging serves as a version that gateways download',
    input: empty,
    answers: { kind: 'one', name: 'proxy', schema: proxyAnswer, status: 201 },
    async handle({ ctx, ids, origin }) {
      await deployConfig(ctx, { productId: ids.service_id! })
      return readProxy(ctx, ids.service_id!, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${path}/oidc_configuration`,
    summary: 'Read which OAuth flows a product allows',
    input: empty,
    answers: { kind: 'one', name: 'oidc_configuration', schema: oidcAnswer, status: 200 },
    handle: async ({ ctx, ids }) => oidcJson(await getProductRow(ctx, ids.service_id!)),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${path}/oidc_configuration`,
    summary: 'Change which OAuth flows a product allows',
    // The implicit and the password flow are given up by OAuth 2.1: asked for, they stay off.
    input: z.object({ service_accounts_enabled: flag().optional(), standard_flow_enabled: flag().optional(), implicit_flow_enabled: flag().optional(), direct_access_grants_enabled: flag().optional() }),
    answers: { kind: 'one', name: 'oidc_configuration', schema: oidcAnswer, status: 200 },
    async handle({ ctx, ids, input }) {
      const { id } = await getProductRow(ctx, ids.service_id!)
      if (input.service_accounts_enabled !== undefined) await updateOauthSettings(ctx, { productId: id, clientCredentials: input.service_accounts_enabled })
      return oidcJson(await getProductRow(ctx, id))
    },
  }),
  managementRoute({
    ...common,
    formats: ['json'],
    method: 'GET',
    path: `${path}/policies`,
    summary: 'Read the policy chain of a product',
    input: empty,
    answers: { kind: 'bare', schema: policiesAnswer },
    handle: async ({ ctx, ids }) => ({ policies_config: policiesOf(await getProductRow(ctx, ids.service_id!)) }),
  }),
  managementRoute({
    ...common,
    formats: ['json'],
    method: 'PUT',
    path: `${path}/policies`,
    summary: 'Set the policy chain of a product',
    input: z.object({ policies_config: policiesField }),
    answers: { kind: 'bare', schema: policiesAnswer },
    async handle({ ctx, ids, input }) {
      const { id } = await getProductRow(ctx, ids.service_id!)
      await setPolicies(ctx, { productId: id, policies: input.policies_config })
      return { policies_config: policiesOf(await getProductRow(ctx, id)) }
    },
  }),
  managementRoute({
    ...common,
    formats: ['json'],
    tag: 'Policies',
    method: 'GET',
    path: '/admin/api/policies',
    summary: 'List the policies that chains may name, with the JSON Schema of their configuration',
    input: empty,
    answers: { kind: 'bare', schema: z.record(z.string(), z.array(z.looseObject({ name: z.string(), version: z.string(), summary: z.string() }))) },
    async handle({ ctx }) {
      const ours = policyDefinitions.map(({ name, title, sentence }): [string, Manifest] => [
        name,
        { $schema: 'http://apicast.io/policy-v1/schema#manifest#', name: title, version: 'builtin', summary: sentence, description: [sentence], configuration: policyJsonSchema(name) },
      ])
      const own = (await ctx.db.registryPolicy.findMany({ orderBy: { id: 'asc' } })).map(({ name, version, schema }): [string, Manifest] => [name, { name, summary: '', ...(schema as object), version }])
      return Object.fromEntries([...Map.groupBy([...ours, ...own], ([name]) => name)].map(([name, entries]) => [name, entries.map(([, manifest]) => manifest)]))
    },
  }),
]

type Manifest = { name: string; version: string; summary: string; [more: string]: unknown }

async function readProxy(ctx: Ctx, productId: bigint, origin: string) {
  const product = await getProductRow(ctx, productId)
  const { production, staging } = await urlsOf(ctx, product)
  const answers: ErrorAnswers = { ...defaultErrorAnswers, ...(product.errorAnswers as Partial<ErrorAnswers>) }
  const [issuer] = product.oidcIssuers as OidcIssuer[]
  const self = `/admin/api/services/${productId}/proxy`
  return {
    service_id: product.id,
    endpoint: withPort(production),
    sandbox_endpoint: withPort(staging),
    api_backend: product.privateBaseUrl === null ? null : withPort(product.privateBaseUrl),
    credentials_location: product.credentialsLocation === 'basic' ? 'authorization' : product.credentialsLocation,
    auth_app_key: product.appKeyName,
    auth_app_id: product.appIdName,
    auth_user_key: product.userKeyName,
    ...Object.fromEntries(
      Object.entries(kinds).flatMap(([kind, name]) => [
        [`error_${kind}`, answers[name].body],
        [`error_status_${kind}`, answers[name].status],
        [`error_headers_${kind}`, answers[name].contentType],
      ]),
    ),
    secret_token: openSecretToken(ctx.tenant.id, product.id, product.secretTokenCipher),
    hostname_rewrite: product.hostHeader ?? '',
    api_test_path: '/',
    oidc_issuer_endpoint: issuer?.issuer ?? null,
    oidc_issuer_type: issuer ? 'rest' : null,
    jwt_claim_with_client_id: issuer?.claim ?? 'azp',
    jwt_claim_with_client_id_type: 'plain',
    oauth_login_url: product.oauthLoginUrl,
    policies_config: policiesOf(product),
    lock_version: 0,
    created_at: product.createdAt,
    updated_at: product.updatedAt,
    links: linksOf(origin, { self, mapping_rules: `${self}/mapping_rules`, service: `/admin/api/services/${productId}`, policies: `${self}/policies` }),
  }
}

async function urlsOf(ctx: Ctx, product: Product): Promise<BaseUrls> {
  const [hosts, domains] = await Promise.all([ctx.db.host.findMany({ where: { productId: product.id }, orderBy: { id: 'asc' } }), listServingDomains(ctx.db, product.id)])
  return baseUrlsOf(product, hosts, domains)
}

/** Each part by its own verb; what a client sends back unchanged changes nothing. */
async function changeProxy(ctx: Ctx, product: Product, input: z.output<typeof proxyInput>): Promise<void> {
  const productId = product.id
  const before = { ...defaultErrorAnswers, ...(product.errorAnswers as Partial<ErrorAnswers>) }
  const errorAnswers = Object.fromEntries(
    (Object.entries(kinds) as [keyof typeof kinds, keyof ErrorAnswers][]).flatMap(([kind, name]) => {
      const { [`error_${kind}` as const]: body, [`error_status_${kind}` as const]: given, [`error_headers_${kind}` as const]: contentType } = input
      if (body === undefined && given === undefined && contentType === undefined) return []
      return [[name, { body: body ?? before[name].body, status: given ?? before[name].status, contentType: contentType ?? before[name].contentType }]]
    }),
  )
  await updateGateway(ctx, {
    productId,
    // With the port 3scale always writes, ours is still the same address.
    privateBaseUrl: input.api_backend === undefined || (product.privateBaseUrl !== null && input.api_backend === withPort(product.privateBaseUrl)) ? undefined : input.api_backend,
    hostHeader: input.hostname_rewrite === undefined ? undefined : (input.hostname_rewrite ?? ''),
    credentialsLocation: input.credentials_location === 'authorization' ? 'basic' : input.credentials_location,
    userKeyName: input.auth_user_key,
    appIdName: input.auth_app_id,
    appKeyName: input.auth_app_key,
    ...(Object.keys(errorAnswers).length > 0 && { errorAnswers }),
  })
  const present = await urlsOf(ctx, product)
  const production = newOrigin(input.endpoint, present.production) ?? product.selfManagedProductionUrl ?? ''
  const staging = newOrigin(input.sandbox_endpoint, present.staging) ?? product.selfManagedStagingUrl ?? ''
  const named = (input.endpoint !== undefined || input.sandbox_endpoint !== undefined) && production !== ''
  if (named && (production !== product.selfManagedProductionUrl || staging !== (product.selfManagedStagingUrl ?? '') || product.deployment !== 'self_managed'))
    await setDeployment(ctx, { productId, deployment: 'self_managed', productionUrl: production, stagingUrl: staging })
  if (input.oauth_login_url !== undefined) await updateOauthSettings(ctx, { productId, oauthLoginUrl: input.oauth_login_url ?? '' })
  await changeIssuer(ctx, product, input.oidc_issuer_endpoint, input.jwt_claim_with_client_id)
  if (input.policies_config !== undefined) await setPolicies(ctx, { productId, policies: input.policies_config })
  if (input.secret_token !== undefined && input.secret_token !== '' && input.secret_token !== openSecretToken(ctx.tenant.id, productId, product.secretTokenCipher)) await rotateSecretToken(ctx, { productId, secretToken: input.secret_token })
}

/** An address that is no gateway of ours: naming it says that the tenant runs one itself. Of ours clients send what they have read. */
function newOrigin(address: string | undefined, present: string | null): string | null {
  const url = address === undefined ? null : URL.parse(address)
  if (url === null || withPort(url.origin) === withPort(present)) return null
  const ours = env().GATEWAY_DOMAIN.split(':')[0]!
  return url.hostname === ours || url.hostname.endsWith(`.${ours}`) ? null : url.origin
}

/** The first identity provider, which is all 3scale knows of; further ones stay. Its address may hold credentials for syncing clients: those are dropped. */
async function changeIssuer(ctx: Ctx, product: Product, endpoint: string | null | undefined, claim: string | null | undefined): Promise<void> {
  if (endpoint === undefined && claim === undefined) return
  const [first, ...others] = product.oidcIssuers as OidcIssuer[]
  const issuer = endpoint === undefined ? (first?.issuer ?? '') : (endpoint ?? '').replace(/^(https?:\/\/)[^/@]*@/, '$1')
  // A claim alone, without an issuer to read it from, is what clients copy along.
  if (issuer === '' && !first) return
  const next = issuer === '' ? others : [{ audience: '', algorithms: [], ...first, issuer, claim: claim || first?.claim || 'azp' }, ...others]
  await setOidcIssuers(ctx, { productId: product.id, issuers: next as Parameters<typeof setOidcIssuers>[1]['issuers'] })
}

function policiesOf(product: Product) {
  return chainWithLine(openPolicySecrets(product.tenantId, product.id, product.policies as PolicyEntry[])).map(policyJson)
}

function oidcJson(product: Product) {
  return { id: product.id, standard_flow_enabled: true, implicit_flow_enabled: false, service_accounts_enabled: product.oauthClientCredentials, direct_access_grants_enabled: false }
}

function parseList(value: string, context: z.RefinementCtx): unknown[] {
  try {
    const parsed: unknown = JSON.parse(value)
    if (Array.isArray(parsed)) return parsed
  } catch {
    // Said below: it is no JSON.
  }
  context.addIssue({ code: 'custom', message: 'Write a list of policies as JSON.' })
  return z.NEVER
}
