import { setTimeout as sleep } from 'node:timers/promises'
import { sameSecret } from '@/lib/crypto'
import { isAppError } from '@/lib/errors'
import { callGateway } from '@/lib/gateway/call-gateway'
import { testIntegration } from '@/lib/onboarding/test-integration'
import { promoteConfig } from '@/lib/products/promote-config'
import { getGatewaySettings, readCallerApplication } from '@/lib/products/queries'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { openSecretToken } from '@/lib/products/secrets-of-product'
import { updateGateway } from '@/lib/products/update-gateway'
import type { Ctx } from '@/lib/tenants/context'

/** The local server that plays the private API, as this start found it. */
export type StandIn = { url: string; secret: string }

const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d+$/
const PATIENCE_MS = 15_000

/**
 * Points products that use the stand-in at where it listens today, in both environments. One that the person has
 * pointed elsewhere is left alone. Tells whether anything changed.
 */
export async function followStandIn(ctx: Ctx, standIn: StandIn): Promise<boolean> {
  let changed = false
  for (const product of await ctx.db.product.findMany({ select: { id: true, privateBaseUrl: true, secretTokenCipher: true, liveVersion: true } })) {
    if (!product.privateBaseUrl || !LOOPBACK.test(product.privateBaseUrl)) continue
    const moved = product.privateBaseUrl !== standIn.url
    const renamed = !sameSecret(openSecretToken(ctx.tenant.id, product.id, product.secretTokenCipher), standIn.secret)
    if (moved) await updateGateway(ctx, { productId: product.id, privateBaseUrl: standIn.url })
    if (renamed) await rotateSecretToken(ctx, { productId: product.id, secretToken: standIn.secret })
    if ((moved || renamed) && product.liveVersion !== null) await promote(ctx, product.id)
    changed ||= moved || renamed
  }
  return changed
}

export async function promote(ctx: Ctx, productId: bigint): Promise<void> {
  await promoteConfig(ctx, { productId }).catch((error: unknown) => {
    // Production serves exactly this already.
    if (!isAppError(error) || error.code !== 'conflict') throw error
  })
}

/** The test of the dashboard, until staging knows the product: a second at most. Gives the problem where it stays red. */
export async function testStaging(ctx: Ctx, productId: bigint, path: string): Promise<string | null> {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(250)) {
    const { ok, problem } = await testIntegration(ctx, { productId, verb: 'GET', path })
    if (ok || performance.now() > until) return problem
  }
}

/** Waits until production has taken over what was promoted: what we print must work as it stands. */
export async function waitForProduction(ctx: Ctx, productId: bigint, path: string): Promise<void> {
  const [product, application] = await Promise.all([getGatewaySettings(ctx, productId), readCallerApplication(ctx, productId)])
  const { appIdName, appKeyName } = product.credentials
  const headers: [string, string][] = [[appIdName, application.appId], [appKeyName, application.appKey ?? '']]
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(250)) {
    const { status } = await callGateway(product, 'production', { method: 'GET', target: path, headers })
    if (status === 200) return
  }
}
