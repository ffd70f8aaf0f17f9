import { routeTable } from '@/lib/management/find-route'
import type { ManagementRoute } from '@/lib/management/management-route'

/** All routes of the management APIs, one file a noun. */
export const managementRoutes: ManagementRoute[] = [
]

export const managementTable = routeTable(managementRoutes)
