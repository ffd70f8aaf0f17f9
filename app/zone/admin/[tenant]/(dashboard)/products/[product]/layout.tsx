import type { ReactNode } from 'react'
import { ProductHeader } from '@/components/shell/product-header'
import { StateDot } from '@/components/ui/badge'
import { findPendingChanges } from '@/lib/products/promote-config'
import { getProduct } from '@/lib/products/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { productPermissions } from '@/lib/tenants/context'

export default async function ProductLayout({ children, params }: { children: ReactNode; params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin(...productPermissions)
  const productId = pathId((await params).product)
  const [product, pending] = await Promise.all([pageData(getProduct(ctx, productId)), pageData(findPendingChanges(ctx, { productId }))])
  return (
    <>
      <ProductHeader name={product.name} productId={product.id} endUserPlans={ctx.tenant.features.endUserPlans === true} oauth={product.authenticationMode !== 'user_key' && product.authenticationMode !== 'app_id_app_key'} meta={<LiveState liveVersion={pending.liveVersion} changes={pending.changes.length} />} />
      {children}
    </>
  )
}

function LiveState({ liveVersion, changes }: { liveVersion: number | null; changes: number }) {
  if (liveVersion === null) return <StateDot tone="warn">Staging only, not promoted yet</StateDot>
  if (changes === 0) return <StateDot tone="good">Version {liveVersion} is live</StateDot>
  return (
    <StateDot tone="warn">
      Version {liveVersion} is live, staging is ahead by {changes === 1 ? 'one change' : `${changes} changes`}
    </StateDot>
  )
}
