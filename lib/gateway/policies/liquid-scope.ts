import { headerOf } from '@/lib/gateway/call'
import type { PolicyRun } from '@/lib/gateway/policies/policy-run'

type PlainHeaders = Record<string, string>

/**
 * Variables of Liquid texts in policies, named as APIcast names them (its own and, where they say something here, nginx'),
 * beside our own short names. Plain values in objects without a prototype, each made when a text asks for it: most
 * texts name one of two dozen.
 */
export function liquidScope(run: PolicyRun): object {
  const { call, product } = run
  const lazy = <Value>(make: () => Value) => {
    let value: Value | undefined
    return () => (value ??= make())
  }
  const headers = lazy(() => plainHeaders(call.rawHeaders))
  const claims = lazy(() => claimsOf(run))
  const query = call.target.indexOf('?')
  const original = lazy(() => Object.assign(bare(), { headers: headers(), host: call.host, method: call.method, path: query === -1 ? call.target : call.target.slice(0, query), uri: query === -1 ? call.target : call.target.slice(0, query), query: query === -1 ? '' : call.target.slice(query + 1) }))
  const response = () => (run.upstreamHeaders ? Object.assign(bare(), { status: run.status, headers: responseHeaders(run) }) : Object.assign(bare(), { status: run.status, headers: bare() }))
  return {
    get uri() {
      return run.path
    },
    get path() {
      return run.path
    },
    get query() {
      return run.query
    },
    host: call.host,
    remote_addr: call.clientAddress,
    http_method: call.method,
    method: call.method,
    request_method: call.method,
    scheme: call.scheme,
    server_name: call.host,
    request_uri: call.target,
    get document_uri() {
      return run.path
    },
    get args() {
      return run.query
    },
    get query_string() {
      return run.query
    },
    get is_args() {
      return run.query === '' ? '' : '?'
    },
    get request() {
      return `${call.method} ${call.target} HTTP/1.1`
    },
    get server_port() {
      return portOf(call)
    },
    get http_host() {
      return call.hostHeader
    },
    get http_user_agent() {
      return headerOf(call, 'user-agent') ?? ''
    },
    get http_referer() {
      return headerOf(call, 'referer') ?? ''
    },
    get http_cookie() {
      return headerOf(call, 'cookie') ?? ''
    },
    get content_type() {
      return headerOf(call, 'content-type') ?? ''
    },
    get content_length() {
      return headerOf(call, 'content-length') ?? ''
    },
    msec: call.at / 1000,
    get time_iso8601() {
      return new Date(call.at).toISOString()
    },
    request_id: call.requestId,
    time: Math.floor(call.at / 1000),
    get time_local() {
      return new Date(call.at).toISOString()
    },
    get headers() {
      return headers()
    },
    get req() {
      return Object.assign(bare(), { headers: headers(), host: call.host, path: run.path, uri: run.path, query: run.query, method: call.method })
    },
    get original_request() {
      return original()
    },
    get jwt() {
      return claims()
    },
    get service() {
      const facts = Object.assign(bare(), { id: String(product.productId), system_name: product.config.systemName, name: product.config.productName })
      return Object.assign(facts, { serializable: { ...facts } })
    },
    get application() {
      return run.identity ? Object.assign(bare(), { id: String(run.identity.application.id) }) : bare()
    },
    get status() {
      return run.status
    },
    get resp() {
      return response()
    },
  }
}

const portOf = ({ hostHeader, scheme }: PolicyRun['call']) => /:(\d{1,5})$/.exec(hostHeader)?.[1] ?? (scheme === 'https' ? '443' : '80')

const bare = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>

/** In lower case and as sent, so that both `headers['X-Plan']` and `headers['x-plan']` find it. */
function plainHeaders(raw: readonly string[]): PlainHeaders {
  const headers = bare() as PlainHeaders
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i]!, raw[i + 1]!]
    headers[name] = value
    headers[name.toLowerCase()] = value
    headers[titled(name)] = value
  }
  return headers
}

function responseHeaders({ upstreamHeaders }: PolicyRun): PlainHeaders {
  const headers = bare() as PlainHeaders
  for (const [name, value] of Object.entries(upstreamHeaders ?? {})) {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
    headers[name] = text
    headers[titled(name)] = text
  }
  return headers
}

const titled = (name: string) => name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())

/**
 * Claims of the bearer token that has been accepted, and of no other the call may carry: before that they are anybody's words, and in products that are not
 * called with tokens of an identity provider there are none.
 */
export function claimsOf({ product, identity, token }: PolicyRun): Record<string, unknown> {
  if (!identity || product.config.authentication.mode !== 'oidc') return bare()
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? []
  if (!payload) return bare()
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Record<string, unknown>) : bare()
  } catch {
    // An opaque token has no claims.
    return bare()
  }
}
