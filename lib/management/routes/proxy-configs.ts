import { z } from 'zod'
import type { ConfigVersion, Prisma, Product } from '@/lib/db/generated/client'
import { AppError, invalid, notFound } from '@/lib/errors'
import { answer, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute, type Page, type PageWanted } from '@/lib/management/management-route'
import { getProductRow } from '@/lib/management/product-json'
import { baseUrlsOf, listServingDomains } from '@/lib/products/base-urls'
import { promoteVersion } from '@/lib/products/deploy-config'
import { apicastService } from '@/lib/self-managed/apicast-config'
import { revealProviderKey } from '@/lib/tenants/provider-key'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'gateway', formats: ['json'], tag: 'Gateway configurations' } as const
const texts = { environment: 'staging (also sandbox) or production' }
const ofService = '/admin/api/services/:service_id/proxy/configs/:environment'
export const configAnswer = z.object({ id: answer.id, version: z.number().int(), environment: z.enum(['sandbox', 'production']), content: z.record(z.string(), z.unknown()) })
const many = { kind: 'many', name: 'proxy_configs', each: 'proxy_config', schema: configAnswer } as const
const one = (status: 200 | 201) => ({ kind: 'one', name: 'proxy_config', schema: configAnswer, status }) as const
const empty = z.object({})

/**
 * What gateways download (reference gateway 5.1). Staging holds every version, production those that were promoted;
 * which of them is live is ours to say, so that a roll-back reaches gateways that ask for the latest.
 */
export const proxyConfigRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    texts,
    method: 'GET',
    path: ofService,
    summary: 'List the versions of a product’s gateway configuration',
    input: empty,
    paged: true,
    answers: many,
    async handle({ ctx, ids, texts: { environment }, page }) {
      const wanted = environmentOf(environment!, 'bad_request')
      const product = await getProductRow(ctx, ids.service_id!)
      const promoted = await promotedOf(ctx, product.id, wanted)
      const where = { productId: product.id, ...(promoted && { version: { in: promoted } }) }
      const rows = await ctx.db.configVersion.findMany({ where, orderBy: { version: 'asc' }, skip: page.skip, take: page.take })
      return { items: await tellAll(ctx, rows.map((row) => ({ row, product })), wanted), total: await ctx.db.configVersion.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    texts,
    method: 'GET',
    path: `${ofService}/latest`,
    summary: 'Read the version gateways of an environment serve',
    input: empty,
    answers: one(200),
    async handle({ ctx, ids, texts: { environment } }) {
      const wanted = environmentOf(environment!, 'bad_request')
      const product = await getProductRow(ctx, ids.service_id!)
      const row = await latestOf(ctx, product, wanted)
      if (!row) throw notFound()
      return tell(ctx, product, row, wanted)
    },
  }),
  managementRoute({
    ...common,
    texts,
    method: 'GET',
    path: `${ofService}/:version`,
    summary: 'Read one version of a product’s gateway configuration',
    input: empty,
    answers: one(200),
    async handle({ ctx, ids, texts: { environment } }) {
      const wanted = environmentOf(environment!, 'bad_request')
      const product = await getProductRow(ctx, ids.service_id!)
      return tell(ctx, product, await getVersion(ctx, product, wanted, ids.version!), wanted)
    },
  }),
  managementRoute({
    ...common,
    texts,
    method: 'POST',
    path: `${ofService}/:version/promote`,
    summary: 'Promote a version of staging to production',
    input: z.object({ to: text(20) }),
    answers: one(201),
    async handle({ ctx, ids, texts: { environment }, input }) {
      const product = await getProductRow(ctx, ids.service_id!)
      const row = await getVersion(ctx, product, environmentOf(environment!, 'bad_request'), ids.version!)
      if (input.to !== 'production') throw invalid({ to: ['is not included in the list: production'] })
      await promoteVersion(ctx, { productId: product.id, version: row.version })
      return tell(ctx, product, row, 'production')
    },
  }),
  managementRoute({
    ...common,
    texts,
    method: 'GET',
    path: '/admin/api/account/proxy_configs/:environment',
    summary: 'Download the configurations of all products: what APIcast asks for',
    input: z.object({ host: text().optional(), version: text(20).optional() }),
    paged: true,
    answers: many,
    async handle({ ctx, texts: { environment }, input, page }) {
      const wanted = environmentOf(environment!, 'invalid')
      const version = input.version === undefined || input.version === '' ? null : input.version
      if (version !== null && version !== 'latest' && !/^\d{1,9}$/.test(version)) throw invalid({ version: ['is a number or "latest"'] })
      return download(ctx, wanted, { host: input.host || null, version, page })
    },
  }),
  managementRoute({
    ...common,
    texts,
    method: 'GET',
    path: '/admin/api/services/proxy/configs/:environment',
    summary: 'Download the latest configurations by host: what older APIcasts ask for',
    input: z.object({ host: text().optional() }),
    paged: true,
    answers: many,
    handle: async ({ ctx, texts: { environment }, input, page }) => download(ctx, environmentOf(environment!, 'invalid'), { host: input.host || null, version: 'latest', page }),
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/nginx/spec',
    summary: 'Download everything as one document: what the oldest gateways and configuration files take',
    input: empty,
    answers: { kind: 'bare', schema: z.object({ id: answer.id, provider_key: z.string(), timestamp: z.string(), services: z.array(z.record(z.string(), z.unknown())) }) },
    async handle({ ctx, reach }) {
      const { items } = await download(ctx, 'production', { host: null, version: 'latest', page: null })
      return {
        id: ctx.tenant.id,
        // Only to who has it: a token that may only read would become one that may do all.
        provider_key: reach.scopes === 'all' ? await revealProviderKey(ctx) : '',
        // Of what is told, not of the asking: what has not changed reads the same.
        timestamp: ((await ctx.db.promotion.aggregate({ _max: { createdAt: true } }))._max.createdAt ?? ctx.now).toISOString(),
        services: items.map((item) => item.content),
      }
    },
  }),
]

type Environment = 'sandbox' | 'production'

export function environmentOf(name: string, code: 'bad_request' | 'invalid'): Environment {
  if (name === 'production') return 'production'
  if (name === 'sandbox' || name === 'staging') return 'sandbox'
  throw code === 'invalid' ? invalid({ environment: ['is not included in the list: staging, production'] }) : new AppError('bad_request', { publicMessage: 'The environment is staging or production.' })
}

async function promotedOf(ctx: Ctx, productId: bigint, environment: Environment): Promise<number[] | null> {
  if (environment === 'sandbox') return null
  const promotions = await ctx.db.promotion.findMany({ where: { productId }, select: { version: true }, distinct: ['version'] })
  return promotions.map(({ version }) => version)
}

async function getVersion(ctx: Ctx, product: Product, environment: Environment, version: bigint): Promise<ConfigVersion> {
  if (version > 2_147_483_647n) throw notFound()
  const promoted = await promotedOf(ctx, product.id, environment)
  const row = promoted?.includes(Number(version)) === false ? null : await ctx.db.configVersion.findFirst({ where: { productId: product.id, version: Number(version) } })
  if (!row) throw notFound()
  return row
}

async function latestOf(ctx: Ctx, product: Product, environment: Environment): Promise<ConfigVersion | null> {
  if (environment === 'sandbox') return ctx.db.configVersion.findFirst({ where: { productId: product.id }, orderBy: { version: 'desc' } })
  return product.liveVersion === null ? null : ctx.db.configVersion.findFirst({ where: { productId: product.id, version: product.liveVersion } })
}

type Wanted = { host: string | null; /** Null: every version. */ version: string | null; page: PageWanted | null }

/** Of each product that has one; `host` exactly as a configuration's hosts spell it. A page beyond the last is empty, or APIcast would ask for ever. */
export async function download(ctx: Ctx, environment: Environment, { host, version, page }: Wanted): Promise<Page<Awaited<ReturnType<typeof tell>>>> {
  const products = await ctx.db.product.findMany({ where: { state: 'active' }, orderBy: { id: 'asc' } })
  const [hosts, domains] = await Promise.all([ctx.db.host.findMany({ where: { zone: 'gateway' }, orderBy: { id: 'asc' } }), listServingDomains(ctx.db)])
  const matching = new Map(products.filter((product) => host === null || hostsOf(baseUrlsOf(product, hosts, domains)).includes(host.toLowerCase())).map((product) => [product.id, product]))
  const where: Prisma.ConfigVersionWhereInput = { productId: { in: [...matching.keys()] }, ...(version !== null && version !== 'latest' && { version: Number(version) }) }
  const versions = await ctx.db.configVersion.findMany({ where, orderBy: [{ productId: 'asc' }, { version: 'desc' }], select: { id: true, productId: true, version: true } })
  const promotions = environment === 'production' ? await ctx.db.promotion.findMany({ where: { productId: { in: [...matching.keys()] } }, select: { productId: true, version: true }, distinct: ['productId', 'version'] }) : []
  const promoted = new Set(promotions.map((promotion) => `${promotion.productId} ${promotion.version}`))
  const newest = new Map(versions.toReversed().map((row) => [row.productId, row.version]))
  const found = versions.filter((row) => {
    if (version === 'latest') return row.version === (environment === 'production' ? matching.get(row.productId)!.liveVersion : newest.get(row.productId))
    return environment === 'sandbox' || promoted.has(`${row.productId} ${row.version}`)
  })
  const shown = page ? found.slice(page.skip, page.skip + page.take) : found
  const rows = new Map((await ctx.db.configVersion.findMany({ where: { id: { in: shown.map(({ id }) => id) } } })).map((row) => [row.id, row]))
  const items = shown.flatMap(({ id, productId }) => {
    const row = rows.get(id)
    const product = matching.get(productId)!
    return row ? [tellWith(product, row, environment, baseUrlsOf(product, hosts, domains))] : []
  })
  return { items, total: found.length }
}

const hostsOf = ({ production, staging }: ReturnType<typeof baseUrlsOf>) => [production, staging].flatMap((url) => (url === null ? [] : [new URL(url).hostname]))

async function tell(ctx: Ctx, product: Product, row: ConfigVersion, environment: Environment) {
  const [hosts, domains] = await Promise.all([ctx.db.host.findMany({ where: { productId: product.id }, orderBy: { id: 'asc' } }), listServingDomains(ctx.db, product.id)])
  return tellWith(product, row, environment, baseUrlsOf(product, hosts, domains))
}

async function tellAll(ctx: Ctx, entries: { row: ConfigVersion; product: Product }[], environment: Environment) {
  return Promise.all(entries.map(({ row, product }) => tell(ctx, product, row, environment)))
}

function tellWith(product: Product, row: ConfigVersion, environment: Environment, baseUrls: ReturnType<typeof baseUrlsOf>) {
  return { id: row.id, version: row.version, environment, content: apicastService(product, row.content, baseUrls) as Record<string, unknown> }
}
