import { cache } from 'react'
import { getAccount } from '@/lib/accounts/queries'
import { orNotFound, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'

/** The account of the path, read once for layout and page. */
export const readAccount = cache(async (id: string) => {
  const ctx = await requireAdmin('partners')
  return { ctx, account: await orNotFound(getAccount(ctx, pathId(id))) }
})
