import { createHash } from 'node:crypto'
import type { AuthenticationMode, GatewayConfig, OauthScope, OidcIssuer } from '@/lib/products/gateway-config'

/** How a product takes bearer tokens, made ready at promotion; null for products with keys. */
export type BearerSettings = {
  mode: Exclude<AuthenticationMode, 'user_key' | 'app_id_app_key'>
  /** Tells remembered tokens apart: another issuer or endpoint believes other tokens. */
  key: string
  issuers: readonly OidcIssuer[]
  introspection: GatewayConfig['introspection']
  /** Empty: tokens open everything their application's plan opens. */
  scopes: readonly OauthScope[]
  /** 3scale's status codes in place of 401. */
  classic: boolean
}

export function compileBearer({ authentication: { mode }, oidcIssuers, introspection, oauth }: GatewayConfig): BearerSettings | null {
  if (mode === 'user_key' || mode === 'app_id_app_key') return null
  const key = createHash('sha256').update(JSON.stringify([mode, oidcIssuers, introspection])).digest('base64url').slice(0, 16)
  return { mode, key, issuers: oidcIssuers, introspection, scopes: oauth.scopes, classic: mode === 'oauth' && oauth.classicClients }
}

/** What a believed token says. Ours come from the table, others' from their signature or their issuer. */
export type BearerFacts = {
  tenantId: number
  /** The grant behind it; 0 for tokens of others. */
  id: number
  /** The application's public id. */
  appId: string
  /** Null where the application acts for itself. */
  endUserId: string | null
  scopes: readonly string[]
  /** Not to be believed any longer from then on, milliseconds since 1970; null: until revoked. */
  validUntil: number | null
  /** What the scopes open, found once per compiled product. */
  opened: { by: BearerSettings; metrics: ReadonlySet<number> | null } | null
}
