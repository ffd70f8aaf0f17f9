import { jsonAnswer, openToBrowsers } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthSite } from '@/lib/oauth/oauth-exchange'

/** `GET /.well-known/oauth-authorization-server` (RFC 8414). Issuer and addresses are this product's in this environment (OA-8). */
export function serverMetadata({ issuer, settings }: OauthSite): OauthAnswer {
  const confidential = ['client_secret_basic', 'client_secret_post']
  return jsonAnswer(
    200,
    {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      scopes_supported: settings.scopes.map((scope) => scope.name),
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', ...(settings.clientCredentials ? ['client_credentials'] : [])],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: [...confidential, 'none'],
      revocation_endpoint_auth_methods_supported: [...confidential, 'none'],
      introspection_endpoint_auth_methods_supported: confidential,
      authorization_response_iss_parameter_supported: true,
    },
    openToBrowsers,
  )
}
