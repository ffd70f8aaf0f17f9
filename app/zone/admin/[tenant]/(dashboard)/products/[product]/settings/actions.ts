'use server'

import { setEndUserCounters } from '@/lib/plans/set-end-user-counters'
import { setEndUserRegistration } from '@/lib/plans/set-end-user-registration'
import { endUserCountersInput, registrationInput } from '@/lib/plans/schema'
import { changeAuthenticationMode } from '@/lib/products/change-authentication-mode'
import { deleteProduct } from '@/lib/products/delete-product'
import { renameProduct } from '@/lib/products/rename-product'
import { authenticationModeInput, productDeletionInput, productNamingInput } from '@/lib/products/schema'
import { deploymentInput, setDeployment } from '@/lib/products/set-deployment'
import { adminAction } from '@/lib/request/admin-action'

export const renameProductAction = adminAction({ can: 'products', input: productNamingInput }, renameProduct)

export const changeAuthenticationModeAction = adminAction({ can: 'products', input: authenticationModeInput }, changeAuthenticationMode)

export const setDeploymentAction = adminAction({ can: 'gateway', input: deploymentInput }, setDeployment)

export const setEndUserRegistrationAction = adminAction({ can: 'plans', input: registrationInput }, setEndUserRegistration)

export const setEndUserCountersAction = adminAction({ can: 'plans', input: endUserCountersInput }, setEndUserCounters)

export const deleteProductAction = adminAction({ can: 'products', input: productDeletionInput, stepUp: true }, async (ctx, input) => {
  await deleteProduct(ctx, input)
  return { goTo: '/products' }
})
