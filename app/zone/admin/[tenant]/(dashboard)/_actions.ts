'use server'

import { z } from 'zod'
import { listAccounts } from '@/lib/accounts/queries'
import { productTabs } from '@/components/shell/places'
import { listApplications } from '@/lib/applications/queries'
import { listBackends } from '@/lib/backends/queries'
import { listProducts } from '@/lib/products/queries'
import { adminAction } from '@/lib/request/admin-action'

const MOST = 6

/** Pages of a product that are no tab of their own. */
const innerPages = (productId: number) => [
  { href: `/products/${productId}/limit-lab`, label: 'Limit lab' },
  { href: `/products/${productId}/calls/simulator`, label: 'Simulator' },
  { href: `/products/${productId}/calls/integration-errors`, label: 'Integration errors' },
]

/** Whether each word that was typed stands in it: "rest calls" finds the calls of the REST API. */
const hasAll = (text: string, wanted: string) => wanted.split(/\s+/).every((word) => text.toLowerCase().includes(word))

/** What the search finds beside the places themselves: products, accounts and applications this member may see. */
export const findPlacesAction = adminAction({ can: undefined, input: z.object({ query: z.string().trim().min(1).max(100) }) }, async (ctx, { query }) => {
  const may = (...any: Parameters<typeof ctx.permissions.has>[0][]) => any.some((permission) => ctx.permissions.has(permission))
  const [products, accounts, applications, backends] = await Promise.all([
    may('products', 'gateway', 'plans', 'analytics') ? listProducts(ctx) : [],
    may('partners') ? listAccounts(ctx, { search: query }).then(({ items }) => items) : [],
    may('partners') ? listApplications(ctx, { search: query }).then(({ items }) => items) : [],
    may('gateway') ? listBackends(ctx) : [],
  ])
  const wanted = query.toLowerCase()
  return {
    found: [
      ...products
        .filter(({ name, systemName }) => `${name} ${systemName}`.toLowerCase().includes(wanted))
        .slice(0, MOST)
        .map(({ id, name, systemName }) => ({ id: `product:${id}`, group: 'Products', label: name, detail: systemName, href: `/products/${id}` })),
      ...products
        .flatMap((product) => {
          const oauth = product.authenticationMode !== 'user_key' && product.authenticationMode !== 'app_id_app_key'
          const tabs = productTabs({ productId: product.id, endUserPlans: ctx.tenant.features.endUserPlans === true, oauth }).filter(({ exact }) => !exact)
          return [...tabs, ...innerPages(product.id)].map(({ href, label }) => ({ id: `page:${href}`, group: 'Pages of products', label, detail: product.name, href }))
        })
        // By its own name at least: the product's alone is found above.
        .filter(({ label, detail }) => hasAll(`${label} ${detail}`, wanted) && !hasAll(detail, wanted))
        .slice(0, 2 * MOST),
      ...backends
        .filter(({ name, systemName }) => `${name} ${systemName}`.toLowerCase().includes(wanted))
        .slice(0, MOST)
        .map(({ id, name, systemName }) => ({ id: `backend:${id}`, group: 'Backends', label: name, detail: systemName, href: `/backends/${id}` })),
      ...accounts.slice(0, MOST).map(({ id, orgName, email }) => ({ id: `account:${id}`, group: 'Accounts', label: orgName, detail: email ?? undefined, href: `/accounts/${id}` })),
      ...applications
        .slice(0, MOST)
        .map(({ id, name, account }) => ({ id: `application:${id}`, group: 'Applications', label: name, detail: account.orgName, href: `/applications/${id}` })),
    ],
  }
})
