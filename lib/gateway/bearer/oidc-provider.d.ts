/** The little of it that the tests use; the package brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  type Settings = Record<string, unknown> & { extraTokenClaims?: (context: unknown, token: unknown) => Record<string, unknown> }
  export default class Provider {
    constructor(issuer: string, settings: Settings)
    callback(): (request: IncomingMessage, response: ServerResponse) => void
  }
}
