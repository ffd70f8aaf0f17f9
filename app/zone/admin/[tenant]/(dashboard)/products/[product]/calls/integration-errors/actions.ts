'use server'

import { z } from 'zod'
import { deleteIntegrationErrors } from '@/lib/accounting/delete-integration-errors'
import { adminAction } from '@/lib/request/admin-action'
import { idInput } from '@/lib/tenants/id-input'

export const deleteIntegrationErrorsAction = adminAction({ can: 'gateway', input: z.object({ productId: idInput }) }, deleteIntegrationErrors)
