'use server'

import { policiesInput } from '@/lib/products/schema'
import { setPolicies } from '@/lib/products/set-policies'
import { adminAction } from '@/lib/request/admin-action'

export const setPoliciesAction = adminAction({ can: 'gateway', input: policiesInput }, setPolicies)
