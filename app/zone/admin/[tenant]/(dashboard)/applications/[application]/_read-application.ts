import { cache } from 'react'
import { getApplication } from '@/lib/applications/queries'
import { orNotFound, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'

/** The application of the path, read once for layout and page. */
export const readApplication = cache(async (id: string) => {
  const ctx = await requireAdmin('partners')
  return { ctx, application: await orNotFound(getApplication(ctx, pathId(id))) }
})
