import { invalid } from '@/lib/errors'
import { makeTestToken } from '@/lib/oauth/make-test-token'
import type { Caller } from '@/lib/products/caller-request'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/**
 * The caller of a try from the dashboard with a token where the product takes tokens. Those of other issuers cannot be
 * made here: throws `invalid`, which says so.
 */
export async function withToken<Known extends Caller>(ctx: Ctx, productId: bigint, { authentication: { mode } }: GatewayConfig, caller: Known): Promise<Known> {
  if (mode === 'user_key' || mode === 'app_id_app_key') return caller
  if (mode === 'oauth') return { ...caller, accessToken: await makeTestToken(ctx, productId, caller.appId) }
  const whose = mode === 'oidc' ? 'your identity provider' : 'your authorization server'
  throw invalid({ applicationId: [`This product takes tokens of ${whose}, which we cannot make. Call the staging address yourself, with Authorization: Bearer and such a token.`] })
}
