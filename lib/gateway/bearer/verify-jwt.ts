import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import { isAppError } from '@/lib/errors'
import type { OidcIssuer } from '@/lib/products/gateway-config'
import type { BearerFacts, BearerSettings } from '@/lib/gateway/bearer/bearer-settings'
import { claimAt, scopesOf, userOf } from '@/lib/gateway/bearer/claims'
import type { Provider, ProviderKeys } from '@/lib/gateway/bearer/provider-keys'

/** Never `none`, never a shared secret: a key that verifies must not be able to sign. */
export const asymmetricAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const

/** Clocks of two companies differ a little. */
const SKEW_SECONDS = 5

/**
 * A JWT of one of the product's identity providers (reference gateway 2.4): algorithm, key, signature, `iss`, `sub`, `aud`,
 * `exp`, `nbf`, `iat`, `typ`. Null where anything is amiss; `isSigned` is told where the signature at least is the
 * provider's, as on a token that has expired. Throws `AppError('unavailable')` where the provider's keys cannot be had.
 */
export async function verifyJwt(providers: ProviderKeys, tenantId: number, settings: BearerSettings, token: string, now: number, isSigned: () => void = () => {}): Promise<BearerFacts | null> {
  const named = readNames(settings, token)
  if (!named) return null
  const { issuer, algorithm } = named
  const provider = await providers.of(tenantId, issuer.issuer)
  // A provider that changes its keys may change their kind as well.
  if (isUsable(algorithm) && !algorithmsOf(issuer, provider).includes(algorithm) && issuer.algorithms.length === 0) await provider.lookAgain()
  try {
    const { payload } = await jwtVerify(token, (header, jws) => provider.key(header, jws), {
      algorithms: algorithmsOf(issuer, provider),
      issuer: issuer.issuer,
      audience: issuer.audience || undefined,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'aud', 'exp'],
    })
    return factsOf(tenantId, issuer, payload)
  } catch (error) {
    if (isAppError(error)) throw error
    // Claims are looked at after the signature.
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) isSigned()
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null
    throw error
  }
}

/** Read before it is believed, only to know whom to ask. */
function readNames({ issuers }: BearerSettings, token: string): { issuer: OidcIssuer; algorithm: string } | null {
  try {
    const { alg: algorithm } = decodeProtectedHeader(token)
    const { iss } = decodeJwt(token)
    const issuer = issuers.find((each) => each.issuer === iss)
    return issuer && typeof algorithm === 'string' ? { issuer, algorithm } : null
  } catch {
    return null // no JWT
  }
}

const isUsable = (algorithm: string): boolean => (asymmetricAlgorithms as readonly string[]).includes(algorithm)

function algorithmsOf({ algorithms }: OidcIssuer, provider: Provider): string[] {
  const wanted = algorithms.length > 0 ? algorithms : (provider.algorithms ?? ['RS256'])
  return asymmetricAlgorithms.filter((algorithm) => wanted.includes(algorithm))
}

function factsOf(tenantId: number, { claim }: OidcIssuer, payload: JWTPayload): BearerFacts | null {
  const appId = claimAt(payload, claim || 'azp')
  // Keycloak marks what is no access token (reference 2.4).
  const isBearer = payload.typ === undefined || payload.typ === 'Bearer'
  if (!appId || !isBearer || (Array.isArray(payload.aud) && payload.aud.length === 0)) return null
  return { tenantId, id: 0, appId, endUserId: userOf(payload.sub, appId), scopes: scopesOf(payload), validUntil: payload.exp! * 1000, opened: null }
}
