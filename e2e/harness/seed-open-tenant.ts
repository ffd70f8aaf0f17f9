import '@/scripts/gatehouse/keep-output-clean'
import { readFileSync } from 'node:fs'
import { closeDatabase } from '@/lib/db/connect'
import { createTenant } from '@/lib/onboarding/sign-up-tenant'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { addLimits } from '@/lib/plans/set-limits'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { planImport } from '@/lib/products/openapi/plan-import'
import { promoteConfig } from '@/lib/products/promote-config'
import { getHits, getProduct } from '@/lib/products/queries'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { updateGateway } from '@/lib/products/update-gateway'
import { openInstallation } from '@/scripts/gatehouse/open-installation'
import type { OpenTenantSeed } from '@/e2e/harness/open-tenant'

// Run by open-tenant.ts: what the first half of the walk leaves behind, without its screens.
const { slug, org, email, password, upstream } = JSON.parse(process.env.OPEN_TENANT ?? '{}') as OpenTenantSeed

try {
  await openInstallation()
  const { ctx } = await createTenant({ slug, organisation: org, name: 'Ada Finch', email, password }, new Date())
  const { id: productId } = await ctx.db.product.findFirstOrThrow({ select: { id: true } })
  const text = readFileSync(new URL('../data/twitter-rest-1.1.openapi.json', import.meta.url), 'utf8')
  const { fingerprint } = await planImport(ctx, productId, { text })
  await applyImport(ctx, productId, { text }, {}, fingerprint)
  await updateGateway(ctx, { productId, privateBaseUrl: upstream.url })
  await rotateSecretToken(ctx, { productId, secretToken: upstream.secret })
  await promoteConfig(ctx, { productId })

  for (const { id } of await ctx.db.plan.findMany({ where: { productId }, select: { id: true } })) await deletePlan(ctx, { planId: id })
  const { id: metricId } = await getHits(ctx.db, productId)
  const trial = await createPlan(ctx, { productId, name: 'Trial', description: 'Look around: everything that reads.', state: 'published', newMethods: 'reads_only' })
  await addLimits(ctx, { planId: trial.id, metricId, limits: [{ period: 'month', value: 5 }] })
  await setDefaultPlan(ctx, { productId, planId: trial.id })
  const open = await createPlan(ctx, { productId, name: 'Public', description: 'For apps in the open.', state: 'published', approvalRequired: true })
  await addLimits(ctx, { planId: open.id, metricId, limits: [{ period: 'hour', value: 1_000 }] })
  const partner = await createPlan(ctx, { productId, name: 'Partner', description: 'For those we know.', state: 'hidden' })
  await addLimits(ctx, { planId: partner.id, metricId, limits: [{ period: 'day', value: 50_000 }] })

  const product = await getProduct(ctx, productId)
  process.stdout.write(JSON.stringify({ product: Number(productId), host: product.hosts.production, name: product.name }))
} finally {
  await closeDatabase()
}
