'use server'

import { changeEndUserPlan, deleteEndUser, resumeEndUser, suspendEndUser } from '@/lib/plans/change-end-user'
import { createEndUser } from '@/lib/plans/create-end-user'
import { endUserInput, endUserLimitsInput, endUserPlanInput, endUserRef } from '@/lib/plans/schema'
import { setEndUserLimits } from '@/lib/plans/set-end-user-limits'
import { adminAction } from '@/lib/request/admin-action'

const can = 'plans'

export const createEndUserAction = adminAction({ can, input: endUserInput }, (ctx, input) => createEndUser(ctx, input))

export const suspendEndUserAction = adminAction({ can, input: endUserRef }, (ctx, input) => suspendEndUser(ctx, input))

export const resumeEndUserAction = adminAction({ can, input: endUserRef }, (ctx, input) => resumeEndUser(ctx, input))

export const deleteEndUserAction = adminAction({ can, input: endUserRef }, (ctx, input) => deleteEndUser(ctx, input))

export const changeEndUserPlanAction = adminAction({ can, input: endUserPlanInput }, (ctx, input) => changeEndUserPlan(ctx, input))

export const setEndUserLimitsAction = adminAction({ can, input: endUserLimitsInput }, (ctx, input) => setEndUserLimits(ctx, input))
