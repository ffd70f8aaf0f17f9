import '@/scripts/gatehouse/keep-output-clean'
import { text } from 'node:stream/consumers'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { closeDatabase } from '@/lib/db/connect'
import { createTenant } from '@/lib/onboarding/sign-up-tenant'
import type { Period } from '@/lib/metering/periods'
import { createPlan } from '@/lib/plans/create-plan'
import { addLimits } from '@/lib/plans/set-limits'
import { promoteConfig } from '@/lib/products/promote-config'
import { getHits, getProduct } from '@/lib/products/queries'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { updateGateway } from '@/lib/products/update-gateway'
import { openInstallation } from '@/scripts/gatehouse/open-installation'

/** Of tests and measurements: a tenant whose promoted product counts every call as one hit, and applications to call it with. */
export type Wanted = { slug: string; upstream: { url: string; secret: string }; applications: { name: string; limits: { period: Period; value: number }[] }[] }

export type Furnished = { tenantId: number; productId: number; hitsId: number; host: string; applications: { id: number; name: string; userKey: string }[] }

/** Beside the running server: in a process of its own, for the settings of a process are read once. */
async function furnish({ slug, upstream, applications }: Wanted): Promise<Furnished> {
  await openInstallation()
  const { ctx } = await createTenant({ slug, organisation: slug, name: 'Test', email: `test@${slug}.example`, password: 'a password of the tests' }, new Date())
  const { id: productId } = await ctx.db.product.findFirstOrThrow({ select: { id: true } })
  const { id: hitsId } = await getHits(ctx.db, productId)
  await updateGateway(ctx, { productId, privateBaseUrl: upstream.url })
  await rotateSecretToken(ctx, { productId, secretToken: upstream.secret })
  await promoteConfig(ctx, { productId })
  const made: Furnished['applications'] = []
  for (const { name, limits } of applications) {
    const { id: planId } = await createPlan(ctx, { productId, name })
    if (limits.length > 0) await addLimits(ctx, { planId, metricId: hitsId, limits })
    const { id: accountId } = await createAccount(ctx, { orgName: name })
    const { id, userKey } = await createApplication(ctx, { accountId, planId, name })
    made.push({ id: Number(id), name, userKey })
  }
  const { hosts } = await getProduct(ctx, productId)
  return { tenantId: Number(ctx.tenant.id), productId: Number(productId), hitsId: Number(hitsId), host: hosts.production!, applications: made }
}

if (import.meta.main) {
  const furnished = await furnish(JSON.parse(await text(process.stdin)) as Wanted)
  process.stdout.write(JSON.stringify(furnished))
  await closeDatabase()
}
