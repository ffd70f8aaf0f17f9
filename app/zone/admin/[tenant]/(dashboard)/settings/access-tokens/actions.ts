'use server'

import { z } from 'zod'
import { adminAction } from '@/lib/request/admin-action'
import { accessTokenInput, createAccessToken, revokeAccessToken } from '@/lib/tenants/access-tokens'
import { idInput } from '@/lib/tenants/id-input'

/** Whoever takes over an open browser must not leave with a key that outlives the session (PW-6). */
export const createAccessTokenAction = adminAction({ can: undefined, input: accessTokenInput, stepUp: true }, createAccessToken)

export const revokeAccessTokenAction = adminAction({ can: undefined, input: z.object({ accessTokenId: idInput }) }, revokeAccessToken)
