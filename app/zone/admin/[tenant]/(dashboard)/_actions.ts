'use server'

import { z } from 'zod'
import { listAccounts } from '@/lib/accounts/queries'
import { listApplications } from '@/lib/applications/queries'
import { listProducts } from '@/lib/products/queries'
import { adminAction } from '@/lib/request/admin-action'

const MOST = 6

/** What the search finds beside the places themselves: products, accounts and applications this member may see. */
export const findPlacesAction = adminAction({ can: undefined, input: z.object({ query: z.string().trim().min(1).max(100) }) }, async (ctx, { query }) => {
  const may = (...any: Parameters<typeof ctx.permissions.has>[0][]) => any.some((permission) => ctx.permissions.has(permission))
  const [products, accounts, applications] = await Promise.all([
    may('products', 'gateway', 'plans', 'analytics') ? listProducts(ctx) : [],
    may('partners') ? listAccounts(ctx, { search: query }).then(({ items }) => items) : [],
    may('partners') ? listApplications(ctx, { search: query }).then(({ items }) => items) : [],
  ])
  const wanted = query.toLowerCase()
  return {
    found: [
      ...products
        .filter(({ name, systemName }) => `${name} ${systemName}`.toLowerCase().includes(wanted))
        .slice(0, MOST)
        .map(({ id, name, systemName }) => ({ id: `product:${id}`, group: 'Products', label: name, detail: systemName, href: `/products/${id}` })),
      ...accounts.slice(0, MOST).map(({ id, orgName, email }) => ({ id: `account:${id}`, group: 'Accounts', label: orgName, detail: email ?? undefined, href: `/accounts/${id}` })),
      ...applications
        .slice(0, MOST)
        .map(({ id, name, account }) => ({ id: `application:${id}`, group: 'Applications', label: name, detail: account.orgName, href: `/applications/${id}` })),
    ],
  }
})
