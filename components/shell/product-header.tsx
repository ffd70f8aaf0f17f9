import type { ReactNode } from 'react'
import { CrumbName } from '@/components/shell/crumb-names'
import { productTabs, type ProductTabsFor } from '@/components/shell/places'
import { LinkTabs } from '@/components/ui/tabs'

/** On top of every page of a product: its name and its tabs. Belongs into `products/[product]/layout.tsx`. */
export function ProductHeader({ name, meta, ...tabs }: ProductTabsFor & { name: string; meta?: ReactNode }) {
  return (
    <div className="mb-6">
      <CrumbName path={`/products/${tabs.productId}`} name={name} />
      <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1">
        <p className="min-w-0 text-base font-semibold break-words">{name}</p>
        {meta}
      </div>
      <LinkTabs label={`${name}: places`} items={productTabs(tabs)} />
    </div>
  )
}
