import { isNode, operationsOf, pathItems, type Node } from '@/lib/activedocs/document-node'
import { prefixOfServer } from '@/lib/products/openapi/list-operations'

/**
 * Puts the gateway in the place of every server the document names; the path a server adds stays, since the mapping
 * rules know it. Gives the servers a call may go to, in order: what the try-it proxy picks from (DOC-1).
 */
export function replaceServers(document: Node, baseUrl: string): string[] {
  if (document.swagger === '2.0') {
    const { protocol, host } = new URL(baseUrl)
    document.host = host
    document.schemes = [protocol.slice(0, -1)]
    return [`${baseUrl}${prefixOfServer({ url: typeof document.basePath === 'string' && document.basePath ? withSlash(document.basePath) : '/' })}`]
  }
  const own = gatewayServers(document.servers, baseUrl)
  document.servers = own.length > 0 ? own : [{ url: baseUrl }]
  const all = (document.servers as { url: string }[]).map(({ url }) => url)
  for (const place of pathItems(document).flatMap((item) => [item, ...operationsOf(item)])) {
    if (!('servers' in place)) continue
    const servers = gatewayServers(place.servers, baseUrl)
    if (servers.length === 0) delete place.servers
    else place.servers = servers
    all.push(...servers.map(({ url }) => url))
  }
  return [...new Set(all)]
}

function gatewayServers(servers: unknown, baseUrl: string): { url: string }[] {
  if (!Array.isArray(servers)) return []
  return [...new Set(servers.filter(isNode).map((server) => `${baseUrl}${prefixOfServer(server)}`))].map((url) => ({ url }))
}

const withSlash = (path: string) => (path.startsWith('/') ? path : `/${path}`)
