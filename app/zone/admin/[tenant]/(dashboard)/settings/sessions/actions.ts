'use server'

import { z } from 'zod'
import { adminAction } from '@/lib/request/admin-action'
import { endOtherSessions, endOwnSession, sessionRef } from '@/lib/tenants/end-sessions'

export const endSessionAction = adminAction({ can: undefined, input: sessionRef }, endOwnSession)

export const endOtherSessionsAction = adminAction({ can: undefined, input: z.object({}) }, endOtherSessions)
