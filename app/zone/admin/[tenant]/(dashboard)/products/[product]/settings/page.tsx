import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { getEndUserSettings } from '@/lib/plans/end-user-queries'
import { listPlans } from '@/lib/plans/queries'
import { countApplicationsWithoutKey } from '@/lib/products/change-authentication-mode'
import { countDeletionImpact } from '@/lib/products/delete-product'
import { getProduct } from '@/lib/products/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { Authentication } from './_components/authentication'
import { DeleteProduct } from './_components/delete-product'
import { Deployment } from './_components/deployment'
import { EndUserRules } from './_components/end-user-rules'
import { Naming } from './_components/naming'

export const metadata: Metadata = { title: 'Settings' }

export default async function ProductSettingsPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('products')
  const productId = pathId((await params).product)
  const endUserPlans = ctx.tenant.features.endUserPlans === true
  const [product, impact, endUsers, endUserPlan, withoutUserKey, withoutAppKey, withoutSecret] = await Promise.all([
    pageData(getProduct(ctx, productId)),
    pageData(countDeletionImpact(ctx, { productId })),
    pageData(getEndUserSettings(ctx, productId)),
    pageData(listPlans(ctx, productId, 'end_user')),
    countApplicationsWithoutKey(ctx.db, productId, 'user_key'),
    countApplicationsWithoutKey(ctx.db, productId, 'app_id_app_key'),
    countApplicationsWithoutKey(ctx.db, productId, 'oauth'),
  ])
  return (
    <>
      <PageHeader title="Settings" description="What this product is called, how its callers prove themselves, and its end." />
      <div className="flex max-w-3xl flex-col gap-6">
        <Naming productId={product.id} name={product.name} systemName={product.systemName} description={product.description} />
        <Authentication productId={product.id} mode={product.authenticationMode} withoutKey={{ user_key: withoutUserKey, app_id_app_key: withoutAppKey, oauth: withoutSecret, oidc: 0, introspection: 0 }} live={product.liveVersion !== null} />
        {ctx.permissions.has('gateway') && <Deployment productId={product.id} deployment={product.deployment} productionUrl={product.selfManaged.production} stagingUrl={product.selfManaged.staging} />}
        {endUserPlans && ctx.permissions.has('plans') && (
          <EndUserRules
            productId={product.id}
            registrationRequired={endUsers.registrationRequired}
            countersShared={endUsers.countersShared}
            header={endUsers.header}
            defaultPlan={endUserPlan.plans.find((plan) => plan.isDefault)?.name ?? null}
          />
        )}
        <DeleteProduct productId={product.id} name={product.name} systemName={product.systemName} impact={impact} />
      </div>
    </>
  )
}
