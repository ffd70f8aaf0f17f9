import { createLocalJWKSet, errors } from 'jose'
import type { JSONWebKeySet, JWSHeaderParameters, FlattenedJWSInput, CryptoKey } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { egressFetch } from '@/lib/http/egress/egress-fetch'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { logger } from '@/lib/logger'
import { sameJson } from '@/lib/products/same-json'

/**
 * Signing keys of the tenants' identity providers, by discovery (OpenID Connect Discovery 1.0 4). Fresh for ten minutes;
 * a key id nobody knows is looked for again within seconds, and ever more rarely, at last every 30 s, while looking finds
 * nothing new; while the provider is away what is known holds for an hour.
 */
export type ProviderKeys = { of(tenantId: number, issuer: string): Promise<Provider> }

/** `algorithms`: those the provider signs with, where it says so; `lookAgain` asks it anew, no more often than for unknown keys. `key` throws `JWKSNoMatchingKey` and the like. */
export type Provider = { readonly algorithms: readonly string[] | null; lookAgain(): Promise<void>; key(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> }

const FRESH_MS = 600_000
const STALE_MS = 3_600_000
/** Between two tries: this long after something new was found, doubled by each that found nothing new. */
const AGAIN_MS = { least: 2_000, most: 30_000 }
const PROVIDERS_MAX = 1_000

type Known = { keys: JSONWebKeySet; algorithms: string[] | null; loadedAt: number }

type Entry = { known: Known | null; triedAt: number; /** How long to wait after that try. */ pauseMs: number; trying: Promise<void> | null }

export function createProviderKeys(clock: Clock, policy?: EgressPolicy): ProviderKeys {
  const entries = new LRUCache<string, Entry>({ max: PROVIDERS_MAX })

  /** One try at a time, with a pause between two; a failed one keeps what is known. */
  const refresh = (entry: Entry, issuer: string): Promise<void> => {
    if (entry.trying) return entry.trying
    const since = clock.now() - entry.triedAt
    if (since >= 2 * AGAIN_MS.most) entry.pauseMs = AGAIN_MS.least
    if (since < entry.pauseMs) return Promise.resolve()
    entry.triedAt = clock.now()
    entry.trying = discover(issuer, policy)
      .then((found) => {
        const isNew = !entry.known || !sameJson(entry.known.keys, found.keys) || !sameJson(entry.known.algorithms, found.algorithms)
        entry.pauseMs = isNew ? AGAIN_MS.least : longer(entry.pauseMs)
        entry.known = { ...found, loadedAt: clock.now() }
      })
      .catch((error: unknown) => {
        logger.warn({ err: error, issuer }, 'the keys of an identity provider cannot be read')
        // A provider never reached is worth another try soon.
        entry.pauseMs = entry.known ? longer(entry.pauseMs) : 1_000
      })
      .finally(() => void (entry.trying = null))
    return entry.trying
  }

  return {
    async of(tenantId, issuer) {
      const name = `${tenantId}|${issuer}`
      let entry = entries.get(name)
      if (!entry) entries.set(name, (entry = { known: null, triedAt: -Infinity, pauseMs: AGAIN_MS.least, trying: null }))
      const held = entry
      const age = held.known ? clock.now() - held.known.loadedAt : Infinity
      // Nobody waits for keys that are merely older; whoever needs them at all does.
      if (age >= STALE_MS) await refresh(held, issuer)
      else if (age >= FRESH_MS) void refresh(held, issuer)
      if (!held.known || clock.now() - held.known.loadedAt >= STALE_MS) throw new AppError('unavailable', { retryAfterSeconds: 5, details: { issuer } })
      return {
        get algorithms() {
          return held.known!.algorithms
        },
        lookAgain: () => refresh(held, issuer),
        async key(header, token) {
          try {
            return await createLocalJWKSet(held.known!.keys)(header, token)
          } catch (error) {
            if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
            await refresh(held, issuer)
            return createLocalJWKSet(held.known!.keys)(header, token)
          }
        },
      }
    },
  }
}

const longer = (pauseMs: number) => Math.min(pauseMs * 2, AGAIN_MS.most)

async function discover(issuer: string, policy: EgressPolicy | undefined): Promise<Omit<Known, 'loadedAt'>> {
  const document = await readJson(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, policy)
  // A document that speaks for somebody else is none (Discovery 4.3).
  if (document.issuer !== issuer) throw new Error(`the discovery document names another issuer: ${String(document.issuer)}`)
  if (typeof document.jwks_uri !== 'string') throw new Error('the discovery document names no jwks_uri')
  const { keys } = await readJson(document.jwks_uri, policy)
  if (!Array.isArray(keys)) throw new Error('the key set is no list')
  const algorithms = document.id_token_signing_alg_values_supported
  return { keys: { keys: keys as JSONWebKeySet['keys'] }, algorithms: Array.isArray(algorithms) ? algorithms.map(String) : null }
}

async function readJson(url: string, policy: EgressPolicy | undefined): Promise<Record<string, unknown>> {
  const answer = await egressFetch(url, { use: 'jwks', headers: { accept: 'application/json' }, policy })
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  const value: unknown = JSON.parse(answer.text())
  if (typeof value !== 'object' || value === null) throw new Error(`${url} gave no object`)
  return value as Record<string, unknown>
}
