'use server'

import { moveApplications } from '@/lib/applications/change-plan'
import { moveInput } from '@/lib/applications/schema'
import { rehearsalInput, rehearseLimit } from '@/lib/metering/rehearse-limit'
import { moveEndUsers } from '@/lib/plans/change-end-user'
import { copyPlan } from '@/lib/plans/copy-plan'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { editPlan } from '@/lib/plans/edit-plan'
import { orderPlans } from '@/lib/plans/order-plans'
import { hidePlan, publishPlan } from '@/lib/plans/publish-plan'
import { getPlan } from '@/lib/plans/queries'
import { defaultPlanInput, featuresInput, limitCellInput, limitListInput, methodEnabledInput, methodSelectionInput, planBurstsInput, planEditInput, planInput, planOrderInput, planRef } from '@/lib/plans/schema'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setFeatures } from '@/lib/plans/set-features'
import { replaceLimits, setLimit } from '@/lib/plans/set-limits'
import { setPlanBursts } from '@/lib/plans/set-plan-bursts'
import { selectMethods, setMethodEnabled } from '@/lib/plans/set-method-enabled'
import { adminAction } from '@/lib/request/admin-action'

const can = 'plans'

export const createPlanAction = adminAction({ can, input: planInput }, async (ctx, input) => {
  const { id } = await createPlan(ctx, input)
  return { goTo: `/products/${input.productId}/plans/${id}` }
})

export const editPlanAction = adminAction({ can, input: planEditInput }, (ctx, input) => editPlan(ctx, input))

export const copyPlanAction = adminAction({ can, input: planRef }, (ctx, input) => copyPlan(ctx, input))

export const deletePlanAction = adminAction({ can, input: planRef }, (ctx, input) => deletePlan(ctx, input))

/** Everybody to the other plan, then the empty one goes. Stopped halfway it is simply pressed again. */
export const moveAndDeletePlanAction = adminAction({ can, input: moveInput }, async (ctx, input) => {
  const { kind, isDefault, productId } = await getPlan(ctx, input.fromPlanId)
  // Newcomers must not be left without a plan halfway: the plan they are moved to becomes their default first.
  if (kind === 'end_user' && isDefault) await setDefaultPlan(ctx, { productId, kind, planId: input.toPlanId })
  const { moved } = await (kind === 'application' ? moveApplications(ctx, input) : moveEndUsers(ctx, input))
  await deletePlan(ctx, { planId: input.fromPlanId })
  return { moved }
})

export const orderPlansAction = adminAction({ can, input: planOrderInput }, (ctx, input) => orderPlans(ctx, input))

export const publishPlanAction = adminAction({ can, input: planRef }, (ctx, input) => publishPlan(ctx, input))

export const hidePlanAction = adminAction({ can, input: planRef }, (ctx, input) => hidePlan(ctx, input))

export const setDefaultPlanAction = adminAction({ can, input: defaultPlanInput }, (ctx, input) => setDefaultPlan(ctx, input))

export const setFeaturesAction = adminAction({ can, input: featuresInput }, (ctx, input) => setFeatures(ctx, input))

export const setMethodEnabledAction = adminAction({ can, input: methodEnabledInput }, (ctx, input) => setMethodEnabled(ctx, input))

export const selectMethodsAction = adminAction({ can, input: methodSelectionInput }, (ctx, input) => selectMethods(ctx, input))

export const replaceLimitsAction = adminAction({ can, input: limitListInput }, (ctx, input) => replaceLimits(ctx, input))

/** Looks only: what a limit would have done to those who are on the plan. */
export const rehearseLimitAction = adminAction({ can, input: rehearsalInput }, (ctx, input) => rehearseLimit(ctx, input))

export const setLimitAction = adminAction({ can, input: limitCellInput }, (ctx, input) => setLimit(ctx, input))

export const setPlanBurstsAction = adminAction({ can, input: planBurstsInput }, (ctx, input) => setPlanBursts(ctx, input))
