import { parsePattern } from '@/lib/products/pattern'
import type { Environment, ErrorAnswer, GatewayConfig } from '@/lib/products/gateway-config'
import { luaText, luaValue, type LuaTable, type LuaValue } from '@/lib/self-managed/lua-text'
import { nginxProgram } from '@/lib/self-managed/nginx-program'
import { ruleRegex } from '@/lib/self-managed/rule-regex'

/** Everything one file needs to know. */
export type NginxInput = {
  config: GatewayConfig
  environment: Environment
  /** Null: staging, which has no version. */
  version: number | null
  /** Where the tenant's callers reach this gateway. */
  publicUrl: string
  secretToken: string
  serviceToken: string
  /** The accounting API and, for OAuth, our gateway host: where to connect, and the name to ask for. */
  accounting: Peer
  gateway: Peer
  endUsers: boolean
  madeAt: Date
}

export type Peer = { scheme: 'http' | 'https'; address: string; port: number; host: string }

/**
 * A configuration for a stock nginx with the Lua module: one file for `conf.d`. No value of a tenant's stands in it as
 * nginx syntax: hosts and ports are parsed and checked, all else is a Lua string (GW-10). Throws a `RangeError` for an
 * address that cannot be written so; what is saved through our forms always can.
 */
export function nginxConfig(input: NginxInput): string {
  const { config, environment, version, publicUrl, serviceToken, accounting, gateway, madeAt } = input
  const id = `gatehouse_${Math.trunc(config.productId)}_${environment}`
  const listen = addressOf(publicUrl)
  const oauth = config.authentication.mode === 'oauth'
  const upstreams = new Map<string, Upstream>()
  const program = luaProgram(input, id, upstreams)
  const behindTls = listen.scheme === 'https'
  return `# Gatehouse gateway: ${plainName(config.systemName)}, ${environment}${version === null ? '' : `, version ${version}`}. Made ${madeAt.toISOString()}.
# For a stock nginx with its Lua module (Debian: apt-get install nginx libnginx-mod-http-lua).
# Put this file into /etc/nginx/conf.d/ and reload nginx. It holds secrets of this API: keep it readable for root only.
# Made from what Gatehouse serves: change it there and download it again.

${peerUpstream(`${id}_accounting`, accounting)}
${oauth ? `${peerUpstream(`${id}_gateway`, gateway)}\n` : ''}${[...upstreams].map(([name, upstream]) => upstreamBlock(name, upstream)).join('\n')}
server {
  listen ${behindTls ? 80 : listen.port};${behindTls ? '\n  # Callers come by https: put a TLS proxy in front, or listen here with your certificate:\n  # listen 443 ssl; ssl_certificate /etc/ssl/your.pem; ssl_certificate_key /etc/ssl/your.key;' : ''}
  server_name ${listen.hostname};
  underscores_in_headers on;
  server_tokens off;
  client_max_body_size ${Math.trunc(config.upstream.bodyBytesMax)};
  client_body_buffer_size 16k;

  # Is this call allowed, and what does it count? Asked for every single one: limits are exact, revoked keys end at once.
  # When Gatehouse cannot be reached, calls are refused with 503: nothing goes through uncounted.
  location = /_${id}/ask {
    internal;
    proxy_pass ${accounting.scheme}://${id}_accounting/transactions/${oauth ? 'oauth_authrep' : 'authrep'}.xml;
    proxy_pass_request_headers off;
    proxy_pass_request_body off;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Content-Length "";
    proxy_set_header Host ${hostHeader(accounting)};
    proxy_set_header X-Gatehouse-Client-Address $remote_addr;
    proxy_set_header 3scale-options "rejection_reason_header=1&limit_headers=1&ratelimit_headers=1&no_body=1&strict_keys=1${environment === 'staging' ? '&staging=1' : ''}";
    proxy_connect_timeout 2s;
    proxy_read_timeout 5s;
    proxy_send_timeout 5s;
    proxy_next_upstream off;
${tls(accounting)}  }
${oauth ? relay(id, gateway, serviceToken) : ''}
  location / {
    set $gatehouse_url "";
    set $gatehouse_host "";
    set $gatehouse_tls_name "";
    access_by_lua_block {
${program}
    }
    proxy_pass $gatehouse_url;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $gatehouse_host;
    proxy_connect_timeout ${Math.trunc(config.upstream.connectTimeoutMs)}ms;
    proxy_read_timeout ${Math.trunc(config.upstream.firstByteTimeoutMs)}ms;
    proxy_send_timeout ${Math.trunc(config.upstream.idleTimeoutMs)}ms;
    proxy_redirect off;
    proxy_ssl_server_name on;
    proxy_ssl_name $gatehouse_tls_name;
    proxy_ssl_verify on;
    proxy_ssl_verify_depth 5;
    proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
    proxy_hide_header X-3scale-proxy-secret-token;${
    config.rateLimitHeaders
      ? `
    # What the caller's limits are is Gatehouse's to say.
    proxy_hide_header RateLimit;
    proxy_hide_header RateLimit-Policy;
    header_filter_by_lua_block {
      for name, value in pairs(ngx.ctx.rate_limit or {}) do ngx.header[name] = value end
    }`
      : ''
  }
    proxy_next_upstream error;
  }
}
`
}

/**
 * The endpoints of the authorization server are ours: passed on as they come. Beside the service token we believe for whom,
 * so that a guesser is slowed down and not everybody behind this nginx.
 */
function relay(id: string, gateway: Peer, serviceToken: string): string {
  return `
  location ~ ^/(authorize|callback|oauth/[a-z/A-Z0-9_-]+|\\.well-known/oauth-authorization-server)$ {
    proxy_pass ${gateway.scheme}://${id}_gateway;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host ${hostHeader(gateway)};
    proxy_set_header X-Gatehouse-Client-Address $remote_addr;
    proxy_set_header X-Gatehouse-Service-Token ${safeToken(serviceToken)};
    proxy_redirect off;
    proxy_connect_timeout 2s;
    proxy_read_timeout 15s;
${tls(gateway)}  }
`
}

type Upstream = { servers: { address: string; port: number; weight: number }[] }

function luaProgram({ config, secretToken, serviceToken, endUsers }: NginxInput, id: string, upstreams: Map<string, Upstream>): string {
  const { authentication, upstream, errorAnswers } = config
  const { mode } = authentication
  const names = new Map(config.metrics.map((metric) => [metric.id, metric.systemName]))
  const credentials: Record<string, string> =
    mode === 'oauth' ? { access_token: 'access_token' } : mode === 'user_key' ? { user_key: authentication.userKeyName } : { app_id: authentication.appIdName, app_key: authentication.appKeyName }
  const target = (name: string, servers: { url: string; weight: number }[], hostOverride: string | null): LuaTable => {
    const addresses = servers.map(({ url }) => addressOf(url))
    upstreams.set(name, { servers: addresses.map(({ hostname, port }, index) => ({ address: hostname, port, weight: Math.trunc(servers[index]!.weight) })) })
    const { scheme, host, hostname, base } = addresses[0]!
    return { upstream: `${scheme}://${name}`, base, host: hostOverride ?? host, tls_name: hostOverride?.replace(/:\d+$/, '') ?? hostname }
  }
  const words = ({ status, contentType, body }: ErrorAnswer, challenge?: string): LuaValue => ({ status, content_type: contentType, body, challenge })
  const ours = (status: number, code: string, message: string): ErrorAnswer => ({ status, contentType: 'application/json; charset=utf-8', body: JSON.stringify({ error: { code, message } }) })
  const bearer = (status: number, error: string): ErrorAnswer => ({ status, contentType: 'application/json; charset=utf-8', body: JSON.stringify({ error }) })
  const data: LuaValue = {
    mode: mode === 'app_id_app_key' ? 'app_id' : mode,
    location: authentication.location,
    access_token_name: 'access_token',
    credentials,
    strip: config.stripCredentials,
    rate_limits: config.rateLimitHeaders || null,
    end_users: endUsers || null,
    end_user_header: config.endUserHeader,
    secret_token: secretToken,
    service_token: serviceToken,
    service_id: String(config.productId),
    ask: `/_${id}/ask`,
    // The longest mount path first: the first that fits is taken.
    backends: config.backends
      .toSorted((one, other) => other.path.length - one.path.length)
      .map((backend) => ({ id: backend.id, path: backend.path, ...target(`${id}_b${Math.trunc(backend.id)}`, backend.servers, backend.hostHeader) })),
    main: upstream.privateBaseUrl ? target(`${id}_api`, [{ url: upstream.privateBaseUrl, weight: 1 }], upstream.hostHeader) : null,
    rules: config.mappingRules.map(({ verb, pattern, metricId, delta, last, backendId }): LuaValue => {
      const parsed = parsePattern(pattern)
      return {
        verb,
        regex: ruleRegex(parsed),
        metric: names.get(metricId) ?? '',
        delta,
        last: last || null,
        backend: backendId ?? null,
        query: parsed.query.length === 0 ? null : Object.fromEntries(parsed.query.map(({ name, value }) => [name, value ?? true])),
      }
    }),
    answers: {
      auth_missing: mode === 'oauth' ? words(bearer(401, 'missing_token'), 'Bearer') : words(errorAnswers.authMissing),
      auth_failed: mode === 'oauth' ? words(bearer(401, 'invalid_token'), 'Bearer error="invalid_token"') : words(errorAnswers.authFailed),
      insufficient_scope: words(bearer(403, 'insufficient_scope'), 'Bearer error="insufficient_scope"'),
      no_match: words(errorAnswers.noMatch),
      limits_exceeded: words(errorAnswers.limitsExceeded),
      bad_request: words(ours(400, 'bad_request', 'The path or query of this request cannot be read.')),
      unavailable: words(ours(503, 'auth_unavailable', 'Calls cannot be checked right now. Please try again in a moment.')),
    },
  }
  // Once a worker process: building the tables is dearer than a call.
  return `local config = package.loaded[${luaText(id)}]
if not config then
config = ${luaValue(data)}
package.loaded[${luaText(id)}] = config
end
${nginxProgram}`
}

function upstreamBlock(name: string, { servers }: Upstream): string {
  return `upstream ${name} {\n${servers.map(({ address, port, weight }) => `  server ${address}:${port} weight=${weight} max_fails=5 fail_timeout=10s;`).join('\n')}\n  keepalive 32;\n}\n`
}

function peerUpstream(name: string, { address, port }: Peer): string {
  return `upstream ${name} {\n  server ${safeHost(address)}:${port};\n  keepalive 32;\n}\n`
}

function hostHeader({ scheme, host, port }: Peer): string {
  return `${safeHost(host)}${(scheme === 'https' && port === 443) || (scheme === 'http' && port === 80) ? '' : `:${port}`}`
}

function tls({ scheme, host }: Peer): string {
  if (scheme === 'http') return ''
  return `    proxy_ssl_server_name on;
    proxy_ssl_name ${safeHost(host)};
    proxy_ssl_verify on;
    proxy_ssl_verify_depth 5;
    proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
`
}

/** The parts of an address as nginx may read them. */
function addressOf(url: string): { scheme: 'http' | 'https'; hostname: string; port: number; host: string; base: string } {
  const { protocol, hostname, port, host, pathname } = new URL(url)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  return { scheme, hostname: safeHost(hostname), port: Number(port) || (scheme === 'https' ? 443 : 80), host, base: pathname.replace(/\/+$/, '') }
}

function safeHost(host: string): string {
  if (!/^([A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]+\])$/.test(host)) throw new RangeError(`"${host}" is no host name that can stand in a configuration`)
  return host
}

/** A key of ours has letters, digits and underscores; whatever else must not become syntax (GW-10). */
function safeToken(token: string): string {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(token)) throw new RangeError('this service token cannot stand in a configuration')
  return token
}

const plainName = (name: string) => name.replace(/[^A-Za-z0-9_ .-]/g, '')
