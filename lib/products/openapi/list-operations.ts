import { DocumentError, documentLimits, importedVerbs, type ParsedDocument, type ParsedOperation } from './parsed-document.ts'

type Node = Record<string, unknown>

/** The calls a valid document describes, and where its server stands. `documentUrl`: where it was fetched from, for relative servers. */
export function listOperations(document: Node, documentUrl: string | null): Pick<ParsedDocument, 'operations' | 'serverOrigin' | 'warnings'> {
  const warnings: string[] = []
  const servers = serversOf(document, documentUrl)
  if (servers.length > 1) warnings.push(`The document names ${servers.length} servers. The first one is used: ${servers[0]!.text}.`)
  const own = servers[0] ?? { prefix: '', origin: null, text: '' }
  const operations: ParsedOperation[] = []
  for (const [path, given] of Object.entries((document.paths as Node | undefined) ?? {})) {
    const item = resolve(document, given)
    if (!path.startsWith('/') || !item) continue
    const shared = multiSegmentNames(document, item.parameters)
    for (const verb of importedVerbs) {
      const operation = resolve(document, item[verb.toLowerCase()])
      if (!operation) continue
      const server = firstServer(operation.servers, documentUrl) ?? firstServer(item.servers, documentUrl) ?? own
      if (server.origin && own.origin && server.origin !== own.origin) warnings.push(`${verb} ${path} stands on another server, ${server.origin}. Our gateway forwards every call to one private base URL.`)
      operations.push({
        verb,
        path,
        prefix: server.prefix,
        operationId: text(operation.operationId, 512),
        summary: text(operation.summary, 255),
        description: text(operation.description, 2000),
        multiSegment: [...new Set([...shared, ...multiSegmentNames(document, operation.parameters)])],
      })
      if (operations.length > documentLimits.operationsMax) throw new DocumentError(`The document has more than ${documentLimits.operationsMax} operations.`)
    }
    if ('trace' in item) warnings.push(`TRACE ${path} is left out: our gateway does not pass TRACE.`)
  }
  return { operations, serverOrigin: own.origin ?? servers.find((server) => server.origin)?.origin ?? null, warnings }
}

/** The path a server's URL adds before every operation's own: `/1.1`, or empty. */
export function prefixOfServer(server: Node): string {
  return serverAt(withDefaults(server), null).prefix
}

type Server = { prefix: string; origin: string | null; text: string }

function serversOf(document: Node, documentUrl: string | null): Server[] {
  if (document.swagger === '2.0') {
    const schemes = (document.schemes as string[] | undefined) ?? ['https']
    const scheme = schemes.includes('https') ? 'https' : (schemes[0] ?? 'https')
    const host = text(document.host, 255)
    const basePath = text(document.basePath, 255) ?? ''
    return [serverAt(host ? `${scheme}://${host}${basePath.startsWith('/') || basePath === '' ? '' : '/'}${basePath}` : basePath || '/', documentUrl)]
  }
  return ((document.servers as Node[] | undefined) ?? []).map((server) => serverAt(withDefaults(server), documentUrl))
}

function firstServer(servers: unknown, documentUrl: string | null): Server | null {
  const [first] = (servers as Node[] | undefined) ?? []
  return first ? serverAt(withDefaults(first), documentUrl) : null
}

/** Fills `{version}` and the like with the defaults of the server's variables. */
function withDefaults(server: Node): string {
  const variables = (server.variables ?? {}) as Record<string, { default?: unknown } | undefined>
  return String(server.url ?? '').replace(/\{([^{}]+)\}/g, (_, name: string) => String(variables[name]?.default ?? name))
}

function serverAt(url: string, documentUrl: string | null): Server {
  const base = documentUrl && URL.canParse(documentUrl) ? documentUrl : 'relative://host'
  // "api.example.com/v1" has no scheme and would be read as a path.
  const full = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/|$)/i.test(url) ? `https://${url}` : url
  if (!URL.canParse(full, base)) return { prefix: '', origin: null, text: url }
  const parsed = new URL(full, base)
  return {
    prefix: parsed.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, ''),
    origin: parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed.origin : null,
    text: url,
  }
}

function multiSegmentNames(document: Node, parameters: unknown): string[] {
  if (!Array.isArray(parameters)) return []
  return parameters.flatMap((given) => {
    const parameter = resolve(document, given)
    return parameter?.in === 'path' && parameter['x-multi-segment'] === true && typeof parameter.name === 'string' ? [parameter.name] : []
  })
}

/** Follows references within the document; null where there is nothing. Ends after 32 hops, a circle has no end. */
function resolve(document: Node, given: unknown): Node | null {
  let node = given
  for (let hops = 0; hops < 32; hops++) {
    if (typeof node !== 'object' || node === null) return null
    const reference = (node as Node).$ref
    if (typeof reference !== 'string') return node as Node
    if (!reference.startsWith('#/')) return null
    node = reference
      .slice(2)
      .split('/')
      .map((part) => safeDecode(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((parent, key) => (typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key) ? (parent as Node)[key] : undefined), document)
  }
  return null
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Trimmed, without control characters, at most `max` characters; null where there is none. */
function text(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null
  const clean = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').trim()
  return clean === '' ? null : clean.slice(0, max)
}
