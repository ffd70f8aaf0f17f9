import { cache } from 'react'
import { getAccount } from '@/lib/accounts/queries'
import { listAllFields } from '@/lib/fields/queries'
import { orNotFound, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'

/** The account of the path and the tenant's fields, read once for layout and page. */
export const readAccount = cache(async (id: string) => {
  const ctx = await requireAdmin('partners')
  const account = await orNotFound(getAccount(ctx, pathId(id)))
  return { ctx, account, fields: await listAllFields(ctx) }
})
