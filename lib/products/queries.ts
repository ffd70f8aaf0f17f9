import { credentialPlace } from '@/lib/applications/insert-credential'
import type { Product } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { decryptSecret } from '@/lib/crypto'
import { notFound } from '@/lib/errors'
import { baseUrlsOf, listServingDomains, type Address, type BaseUrls } from '@/lib/products/base-urls'
import { diffConfigs } from '@/lib/products/diff-configs'
import { completeConfig, defaultErrorAnswers, type AuthenticationMode, type Bursts, type CredentialsLocation, type ErrorAnswers, type RefusalStyle, type Verb } from '@/lib/products/gateway-config'
import { warningsOf, type GatewayWarning } from '@/lib/products/update-gateway'
import type { Ctx } from '@/lib/tenants/context'

/** A product as screens and the management API see it: plain values, ids as numbers, no secret. */
export type ProductDto = {
  id: number
  name: string
  systemName: string
  description: string
  state: string
  isDefault: boolean
  authenticationMode: AuthenticationMode
  privateBaseUrl: string | null
  liveVersion: number | null
  defaultPlanId: number | null
  endUserRegistrationRequired: boolean
  /** Our own hosts, always there. */
  hosts: { production: string | null; staging: string | null }
  /** What callers are told. */
  baseUrls: BaseUrls
  deployment: 'hosted' | 'self_managed'
  /** Where the tenant's own gateway answers; empty: not named. */
  selfManaged: { production: string; staging: string }
  lastTest: unknown
  createdAt: Date
}

export type ProductListItem = ProductDto & { applications: number; methods: number; plans: number }

/** All products, the default first, then by name. */
export async function listProducts(ctx: Ctx): Promise<ProductListItem[]> {
  const [products, hosts, domains, applications, methods, plans] = await Promise.all([
    ctx.db.product.findMany({ orderBy: [{ isDefault: 'desc' }, { name: 'asc' }, { id: 'asc' }] }),
    ctx.db.host.findMany({ where: { zone: 'gateway' }, orderBy: { id: 'asc' } }),
    listServingDomains(ctx.db),
    ctx.db.application.groupBy({ by: ['productId'], where: { kind: 'partner' }, _count: true }),
    ctx.db.metric.groupBy({ by: ['productId'], where: { retiredAt: null, parentId: { not: null } }, _count: true }),
    ctx.db.plan.groupBy({ by: ['productId'], where: { kind: 'application' }, _count: true }),
  ])
  const countOf = (groups: { productId: bigint; _count: number }[], id: bigint) => groups.find((group) => group.productId === id)?._count ?? 0
  return products.map((product) => ({
    ...toProductDto(product, hosts, domains),
    applications: countOf(applications, product.id),
    methods: countOf(methods, product.id),
    plans: countOf(plans, product.id),
  }))
}

/** Throws `not_found`. */
export async function getProduct(ctx: Ctx, productId: bigint): Promise<ProductDto> {
  const product = await ctx.db.product.findUnique({ where: { id: productId } })
  if (!product) throw notFound()
  return readAddresses(ctx, product)
}

export async function findProductBySystemName(ctx: Ctx, systemName: string): Promise<ProductDto | null> {
  const product = await ctx.db.product.findFirst({ where: { systemName } })
  return product && readAddresses(ctx, product)
}

/** The gateway page's facts. The secret token is shown on demand only, by `revealSecretToken`. */
export type GatewaySettings = ProductDto & {
  credentials: { location: CredentialsLocation; userKeyName: string; appIdName: string; appKeyName: string }
  endUserHeader: string
  hostHeader: string | null
  errorAnswers: ErrorAnswers
  rateLimitHeaders: boolean
  stripCredentials: boolean
  referrerFiltersRequired: boolean
  refusalStyle: RefusalStyle
  callSamplePercent: number
  bursts: Bursts | null
  bounds: { bodyBytesMax: number; connectTimeoutMs: number; firstByteTimeoutMs: number; idleTimeoutMs: number; totalTimeoutMs: number; concurrencyMax: number }
  warnings: GatewayWarning[]
}

export async function getGatewaySettings(ctx: Ctx, productId: bigint): Promise<GatewaySettings> {
  const product = await ctx.db.product.findUnique({ where: { id: productId } })
  if (!product) throw notFound()
  const [dto, rules] = await Promise.all([
    readAddresses(ctx, product),
    ctx.db.mappingRule.findMany({ where: { productId }, select: { pattern: true } }),
  ])
  const { bodyBytesMax, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, concurrencyMax } = product
  return {
    ...dto,
    credentials: { location: product.credentialsLocation as CredentialsLocation, userKeyName: product.userKeyName, appIdName: product.appIdName, appKeyName: product.appKeyName },
    endUserHeader: product.endUserHeader,
    hostHeader: product.hostHeader,
    errorAnswers: { ...defaultErrorAnswers, ...(product.errorAnswers as Partial<ErrorAnswers>) },
    rateLimitHeaders: product.rateLimitHeaders,
    stripCredentials: product.stripCredentials,
    referrerFiltersRequired: product.referrerFiltersRequired,
    refusalStyle: product.refusalStyle as RefusalStyle,
    callSamplePercent: product.callSamplePercent,
    bursts: product.bursts as Bursts | null,
    bounds: { bodyBytesMax, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, concurrencyMax },
    warnings: warningsOf(product.privateBaseUrl, rules.map((rule) => rule.pattern)),
  }
}

/** A method (`parentId` set) or metric. `removedFromDocumentAt`: the last import did not have it, but usage or limits do. */
export type MetricDto = {
  id: number
  parentId: number | null
  name: string
  systemName: string
  description: string
  unit: string
  verb: string | null
  path: string | null
  operationId: string | null
  removedFromDocumentAt: Date | null
  /** It stands for a metric of a mounted backend, where it is changed. */
  fromBackend: boolean
  mappingRules: number
  limits: number
}

/** Hits first, then the other metrics, then methods in the order they were made. Retired ones are left out. */
export async function listMetrics(ctx: Ctx, productId: bigint): Promise<MetricDto[]> {
  const rows = await ctx.db.metric.findMany({ where: { productId, retiredAt: null }, orderBy: [{ parentId: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }], include: { _count: { select: { mappingRules: true, limits: true } } } })
  if (rows.length === 0) throw notFound()
  return rows.map(({ id, parentId, name, systemName, description, unit, verb, path, operationId, removedFromDocumentAt, backendMetricId, _count }) => {
    return { id: Number(id), parentId: parentId === null ? null : Number(parentId), name, systemName, description, unit, verb, path, operationId, removedFromDocumentAt, fromBackend: backendMetricId !== null, mappingRules: _count.mappingRules, limits: _count.limits }
  })
}

/** The metric every product has. Throws `not_found` for a product of somebody else. */
export async function getHits(db: Pick<TenantTx, 'metric'>, productId: bigint): Promise<{ id: bigint }> {
  const hits = await db.metric.findFirst({ where: { productId, systemName: 'hits' }, select: { id: true } })
  if (!hits) throw notFound()
  return hits
}

export type MappingRuleDto = { id: number; verb: Verb; pattern: string; delta: number; last: boolean; position: number; imported: boolean; metric: { id: number; name: string; systemName: string; isMethod: boolean } }

/** In the order they are matched. */
export async function listMappingRules(ctx: Ctx, productId: bigint): Promise<MappingRuleDto[]> {
  const rows = await ctx.db.mappingRule.findMany({
    where: { productId },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    include: { metric: { select: { id: true, name: true, systemName: true, parentId: true } } },
  })
  return rows.map(({ id, verb, pattern, delta, last, imported, metric }, index) => {
    const { parentId, ...facts } = metric
    return { id: Number(id), verb: verb as Verb, pattern, delta, last, position: index + 1, imported, metric: { ...facts, id: Number(metric.id), isMethod: parentId !== null } }
  })
}

export type ConfigVersionDto = { version: number; live: boolean; createdAt: Date; mappingRules: number; changes: string[]; promotions: { kind: 'promote' | 'rollback'; memberName: string; createdAt: Date }[] }

/** The newest versions first: what each changed against the one before, who made it live, and when. */
export async function listConfigVersions(ctx: Ctx, productId: bigint, { before, take = 20 }: { before?: number; take?: number } = {}): Promise<ConfigVersionDto[]> {
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { liveVersion: true } })
  if (!product) throw notFound()
  const size = Math.min(Math.max(1, take), 50)
  // One more than asked for: the last one shown is compared with it.
  const rows = await ctx.db.configVersion.findMany({ where: { productId, ...(before && { version: { lt: before } }) }, orderBy: { version: 'desc' }, take: size + 1 })
  const promotions = await ctx.db.promotion.findMany({ where: { productId, version: { in: rows.map((row) => row.version) } }, orderBy: { id: 'desc' } })
  return rows.slice(0, size).map((row, index) => {
    const content = completeConfig(row.content)
    const before = rows[index + 1]
    const older = before ? completeConfig(before.content) : null
    return {
      version: row.version,
      live: row.version === product.liveVersion,
      createdAt: row.createdAt,
      mappingRules: content.mappingRules.length,
      changes: diffConfigs(older, content),
      promotions: promotions.filter((each) => each.version === row.version).map(({ kind, memberName, createdAt }) => ({ kind: kind as 'promote' | 'rollback', memberName, createdAt })),
    }
  })
}

/** Who made which version live, newest first. */
export async function listPromotions(ctx: Ctx, productId: bigint, take = 50): Promise<{ id: number; version: number; kind: 'promote' | 'rollback'; memberName: string; createdAt: Date; live: boolean }[]> {
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { liveVersion: true } })
  if (!product) throw notFound()
  const rows = await ctx.db.promotion.findMany({ where: { productId }, orderBy: { id: 'desc' }, take: Math.min(take, 200) })
  return rows.map(({ id, version, kind, memberName, createdAt }, index) => ({ id: Number(id), version, kind: kind as 'promote' | 'rollback', memberName, createdAt, live: index === 0 && version === product.liveVersion }))
}

/** An application with its newest keys in the clear: for test calls made by the server and the curl that repeats one. Without an id the test application. */
export async function readCallerApplication(ctx: Ctx, productId: bigint, applicationId: bigint | null = null): Promise<{ id: number; name: string; appId: string; userKey: string | null; appKey: string | null }> {
  const application = await ctx.db.application.findFirst({
    // The answer carries keys: partners' are for those who may see them (ROLE-1).
    where: { productId, ...(applicationId !== null && { id: applicationId }), ...((applicationId === null || !ctx.permissions.has('partners')) && { kind: 'test' }) },
    orderBy: { id: 'asc' },
    include: { credentials: { where: { revokedAt: null }, orderBy: { id: 'desc' } } },
  })
  if (!application) throw notFound()
  const open = (kind: string) => {
    const credential = application.credentials.find((each) => each.kind === kind)
    return credential?.cipher ? decryptSecret(credential.cipher, credentialPlace(ctx.tenant.id, credential.id)) : null
  }
  return { id: Number(application.id), name: application.name, appId: application.appId, userKey: open('user_key'), appKey: open('app_key') }
}

async function readAddresses(ctx: Ctx, product: Product): Promise<ProductDto> {
  const [hosts, domains] = await Promise.all([ctx.db.host.findMany({ where: { productId: product.id }, orderBy: { id: 'asc' } }), listServingDomains(ctx.db, product.id)])
  return toProductDto(product, hosts, domains)
}

function toProductDto(product: Product, hosts: (Address & { environment: string | null })[], domains: Address[]): ProductDto {
  const hostOf = (environment: string) => hosts.find((host) => host.productId === product.id && host.environment === environment)?.name ?? null
  const { name, systemName, description, state, isDefault, privateBaseUrl, liveVersion, endUserRegistrationRequired, lastTest, createdAt } = product
  return {
    id: Number(product.id),
    name,
    systemName,
    description,
    state,
    isDefault,
    authenticationMode: product.authenticationMode as AuthenticationMode,
    privateBaseUrl,
    liveVersion,
    defaultPlanId: product.defaultPlanId === null ? null : Number(product.defaultPlanId),
    endUserRegistrationRequired,
    hosts: { production: hostOf('production'), staging: hostOf('staging') },
    baseUrls: baseUrlsOf(product, hosts, domains),
    deployment: product.deployment as ProductDto['deployment'],
    selfManaged: { production: product.selfManagedProductionUrl ?? '', staging: product.selfManagedStagingUrl ?? '' },
    lastTest,
    createdAt,
  }
}
