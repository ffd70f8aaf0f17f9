import { logger } from '@/lib/logger'
import { openSecretToken } from '@/lib/products/secrets-of-product'
import type { Environment, GatewayConfig, HealthCheck, MountedBackend } from '@/lib/products/gateway-config'
import type { UpstreamTuning } from '@/lib/gateway/policies/tune-upstream'
import type { FoundLane } from '@/lib/gateway/upstream-lanes'

export type UpstreamSettings = {
  /** Tells pools apart: product, environment and everything a pool is made with. */
  key: string
  origin: string
  /** Path of the private base URL without trailing slash; empty for none. */
  basePath: string
  /** The `Host` to send, port included where it is not the usual one. */
  host: string
  /** For TLS, whatever `Host` says. Empty for addresses. */
  servername: string
  secretToken: string
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  idleTimeoutMs: number
  totalTimeoutMs: number
  concurrencyMax: number
  bodyBytesMax: number
  /** The longest answer that is passed on; null: any. */
  responseBytesMax: number | null
  /** Further tries after one that brought no answer (policy "retry"); null: our own single one (GW-7). */
  retries: number | null
  /** What `Lanes` found for it last; they alone read and write this. */
  found?: FoundLane | null
}

/** A backend under a path of the product: its servers take turns by weight. */
export type Mount = {
  backendId: number
  /** Without trailing slash: empty for the root. */
  path: string
  servers: MountedServer[]
  healthCheck: HealthCheck | null
}

/** `current` is the smooth weighted round robin's own figure (`choose-server.ts`); the one thing here that moves. */
export type MountedServer = { settings: UpstreamSettings; weight: number; current: number }

export type Upstreams = {
  /** The product's own. Or why there is none: the tenant has named no private base URL, or the secret token does not decrypt. */
  upstream: UpstreamSettings | 'no_upstream' | 'secret_unreadable'
  /** The longest path first. Null: nothing is mounted, which is the case of most products. */
  mounts: readonly Mount[] | null
}

type Place = { tenantId: number; productId: number; environment: Environment }

/** Everything a call may be sent to, read once: URLs taken apart, the secret token decrypted, timeouts of policies applied. */
export function compileUpstreams(config: GatewayConfig, place: Place, tuning: UpstreamTuning | null): Upstreams {
  const { privateBaseUrl, hostHeader, secretTokenCipher } = config.upstream
  const hasOwn = privateBaseUrl !== null && URL.canParse(privateBaseUrl)
  if (!hasOwn && config.backends.length === 0) return { upstream: 'no_upstream', mounts: null }
  const secretToken = readSecretToken(secretTokenCipher, place)
  if (secretToken === null) return { upstream: 'secret_unreadable', mounts: null }
  const bounds = { ...config.upstream, responseBytesMax: null, retries: null, ...tuning }
  // A policy may ask for less than the product's ceiling, never for more.
  if (tuning?.bodyBytesMax !== undefined) bounds.bodyBytesMax = Math.min(tuning.bodyBytesMax, config.upstream.bodyBytesMax)
  const compile = (url: string, host: string | null) => compileServer(url, host, secretToken, bounds, place)
  const mounts = config.backends.flatMap((backend) => compileMount(backend, compile)).toSorted((one, other) => other.path.length - one.path.length)
  return { upstream: hasOwn ? compile(privateBaseUrl, hostHeader) : 'no_upstream', mounts: mounts.length > 0 ? mounts : null }
}

/** The backend that takes a path: the longest mount that fits, whole segments only. Null: the product's own upstream does. */
export function findMount(mounts: readonly Mount[], path: string): Mount | null {
  for (const mount of mounts) if (isUnder(path, mount.path)) return mount
  return null
}

/** The path as the backend knows it: its mount taken off. A path that a policy has moved elsewhere stays as it is. */
export function pathWithin(mount: Mount, path: string): string {
  if (!isUnder(path, mount.path)) return path
  return path.slice(mount.path.length) || '/'
}

function isUnder(path: string, mountPath: string): boolean {
  return path.startsWith(mountPath) && (path.length === mountPath.length || path.charCodeAt(mountPath.length) === 47)
}

function compileMount({ id, path, servers, hostHeader, healthCheck }: MountedBackend, compile: (url: string, host: string | null) => UpstreamSettings): Mount[] {
  const usable = servers.filter(({ url }) => URL.canParse(url))
  if (usable.length === 0) return []
  return [{ backendId: id, path: path.replace(/\/+$/, ''), healthCheck, servers: usable.map(({ url, weight }) => ({ settings: compile(url, hostHeader), weight, current: 0 })) }]
}

type Bounds = Omit<UpstreamSettings, 'found' | 'key' | 'origin' | 'basePath' | 'host' | 'servername' | 'secretToken'>

function compileServer(address: string, hostHeader: string | null, secretToken: string, bounds: Bounds, { productId, environment }: Place): UpstreamSettings {
  const url = new URL(address)
  const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, concurrencyMax, bodyBytesMax, responseBytesMax, retries } = bounds
  const isAddress = url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname)
  return {
    key: JSON.stringify([productId, environment, url.origin, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, concurrencyMax]),
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    host: hostHeader ?? url.host,
    servername: isAddress ? '' : url.hostname,
    secretToken,
    connectTimeoutMs,
    firstByteTimeoutMs,
    idleTimeoutMs,
    totalTimeoutMs,
    concurrencyMax,
    bodyBytesMax,
    responseBytesMax,
    retries,
    found: null,
  }
}

function readSecretToken(cipher: string, { tenantId, productId }: Place): string | null {
  try {
    return openSecretToken(tenantId, productId, cipher)
  } catch (error) {
    // This product alone is out of order; without the token its upstream would refuse every call anyway.
    logger.error({ err: error, productId }, 'a secret token cannot be decrypted; was SECRET_KEY changed?')
    return null
  }
}
