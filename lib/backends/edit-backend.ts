import { keepProductMetrics } from '@/lib/backends/keep-product-metrics'
import { backendEditInput, type BackendEditInput } from '@/lib/backends/schema'
import { serversOf, type Server } from '@/lib/backends/servers'
import { writeBackend } from '@/lib/backends/write-backend'
import { Prisma } from '@/lib/db/generated/client'
import { invalid, isAppError } from '@/lib/errors'
import { parsePrivateBaseUrl } from '@/lib/products/private-base-url'
import { sameJson } from '@/lib/products/same-json'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Changes what is given; staging of every product that mounts it follows at once, production with each product's next
 * promotion. Throws `invalid` (a server's address under `servers.0.url`), `not_found`.
 */
export async function editBackend(ctx: Ctx, raw: BackendEditInput): Promise<void> {
  const { backendId, privateBaseUrl, servers, hostHeader, healthCheck, ...words } = backendEditInput.parse(raw)
  const parsedUrl = privateBaseUrl === undefined ? undefined : await parsePrivateBaseUrl(privateBaseUrl)
  const parsedServers = servers && (await parseServers(servers))
  await writeBackend(ctx, backendId, 'backend.changed', async (tx, { backend, productIds }) => {
    const list = parsedServers ?? (parsedUrl === undefined ? serversOf(backend) : serversOf(backend).map((server, index) => (index === 0 ? { ...server, url: parsedUrl } : server)))
    const next = {
      ...words,
      privateBaseUrl: list[0]!.url,
      // One server alone needs no weight.
      servers: list.length === 1 ? [] : list,
      ...(hostHeader !== undefined && { hostHeader: hostHeader || null }),
      ...(healthCheck !== undefined && { healthCheck }),
    }
    const changed = (Object.keys(next) as (keyof typeof next)[]).filter((key) => next[key] !== undefined && !sameJson(next[key], (backend as Record<string, unknown>)[key]))
    if (changed.length === 0) return { result: undefined, unchanged: true }
    const pick = (from: object) => Object.fromEntries(changed.map((key) => [key, (from as Record<string, unknown>)[key]]))
    const after = pick(next)
    await tx.backend.update({ where: { id: backendId }, data: { ...after, ...('healthCheck' in after && after.healthCheck === null && { healthCheck: Prisma.DbNull }) } })
    // Metrics within products carry the backend's name.
    if ('name' in after) for (const productId of productIds) await keepProductMetrics(tx, ctx, { ...backend, name: String(after.name) }, productId)
    return { result: undefined, before: pick(backend), after }
  })
}

async function parseServers(servers: Server[]): Promise<Server[]> {
  const parsed: Server[] = []
  for (const [index, { url, weight }] of servers.entries()) {
    try {
      parsed.push({ url: await parsePrivateBaseUrl(url), weight })
    } catch (error) {
      throw isAppError(error) ? invalid({ [`servers.${index}.url`]: [error.publicMessage] }, error.publicMessage) : error
    }
    const twice = parsed.findIndex((server) => server.url === parsed[index]!.url)
    if (twice < index) throw invalid({ [`servers.${index}.url`]: ['This server stands in the list already. Give it a higher weight instead.'] })
  }
  return parsed
}
