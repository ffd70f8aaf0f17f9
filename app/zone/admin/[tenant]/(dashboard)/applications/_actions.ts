'use server'

import { approveApplication, deleteApplication, rejectApplication, resumeApplication, suspendApplication } from '@/lib/applications/change-application'
import { addAppKey, regenerateUserKey, revealCredential, revokeCredential } from '@/lib/applications/change-credentials'
import { changePlan } from '@/lib/applications/change-plan'
import { createApplication } from '@/lib/applications/create-application'
import { editApplicationValues } from '@/lib/applications/edit-application-values'
import { keyEndInput, rotateAppKey, setKeyEnd } from '@/lib/applications/end-keys'
import { appKeyInput, applicationDeleteInput, applicationInput, applicationPlanInput, applicationRef, applicationRejectInput, applicationValuesInput, credentialRef, userKeyInput } from '@/lib/applications/schema'
import { oauthClientInput, setOauthClient } from '@/lib/applications/set-oauth-client'
import { addReferrerFilter, referrerFilterInput, removeReferrerFilter } from '@/lib/applications/referrer-filters'
import { adminAction } from '@/lib/request/admin-action'

const can = 'partners'

/** The keys stay here: the application's page shows them to whoever asks, with an audit entry. */
export const createApplicationAction = adminAction({ can, input: applicationInput }, async (ctx, input) => {
  const { id } = await createApplication(ctx, input)
  return { goTo: `/applications/${id}` }
})

export const editApplicationAction = adminAction({ can, input: applicationValuesInput }, (ctx, input) => editApplicationValues(ctx, input))

export const suspendApplicationAction = adminAction({ can, input: applicationRef }, (ctx, input) => suspendApplication(ctx, input))

export const resumeApplicationAction = adminAction({ can, input: applicationRef }, (ctx, input) => resumeApplication(ctx, input))

export const approveApplicationAction = adminAction({ can, input: applicationRef }, (ctx, input) => approveApplication(ctx, input))

export const rejectApplicationAction = adminAction({ can, input: applicationRejectInput }, async (ctx, input) => {
  await rejectApplication(ctx, input)
  return { goTo: '/applications' }
})

export const deleteApplicationAction = adminAction({ can, input: applicationDeleteInput, stepUp: true }, async (ctx, input) => {
  await deleteApplication(ctx, input)
  return { goTo: '/applications' }
})

export const changePlanAction = adminAction({ can, input: applicationPlanInput }, (ctx, input) => changePlan(ctx, input))

export const regenerateUserKeyAction = adminAction({ can, input: userKeyInput }, (ctx, input) => regenerateUserKey(ctx, input))

export const addAppKeyAction = adminAction({ can, input: appKeyInput }, (ctx, input) => addAppKey(ctx, input))

export const rotateAppKeyAction = adminAction({ can, input: keyEndInput }, (ctx, input) => rotateAppKey(ctx, input))

export const setKeyEndAction = adminAction({ can, input: keyEndInput }, (ctx, input) => setKeyEnd(ctx, input))

export const setOauthClientAction = adminAction({ can, input: oauthClientInput }, (ctx, input) => setOauthClient(ctx, input))

export const addReferrerFilterAction = adminAction({ can, input: referrerFilterInput }, (ctx, input) => addReferrerFilter(ctx, input))

export const removeReferrerFilterAction = adminAction({ can, input: referrerFilterInput }, (ctx, input) => removeReferrerFilter(ctx, input))

export const revokeCredentialAction = adminAction({ can, input: credentialRef }, (ctx, input) => revokeCredential(ctx, input))

export const revealCredentialAction = adminAction({ can, input: credentialRef }, (ctx, input) => revealCredential(ctx, input))
