'use server'

import { approvalInput, approveRequests, rejectionInput, rejectRequest } from '@/lib/applications/decide-requests'
import { adminAction } from '@/lib/request/admin-action'

const can = 'partners'

export const approveRequestsAction = adminAction({ can, input: approvalInput }, (ctx, input) => approveRequests(ctx, input))

export const rejectRequestAction = adminAction({ can, input: rejectionInput }, (ctx, input) => rejectRequest(ctx, input))
