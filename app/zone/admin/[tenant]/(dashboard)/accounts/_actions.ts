'use server'

import { addDeveloper } from '@/lib/accounts/add-developer'
import { approveAccount, rejectAccount, resumeAccount, suspendAccount } from '@/lib/accounts/change-account-state'
import { editDeveloper, removeDeveloper, resumeDeveloper, suspendDeveloper } from '@/lib/accounts/change-developer'
import { createAccount } from '@/lib/accounts/create-account'
import { deleteAccount } from '@/lib/accounts/delete-account'
import { editAccountValues } from '@/lib/accounts/edit-account-values'
import { accountDeleteInput, accountInput, accountRef, accountRejectInput, accountValuesInput, developerEditInput, developerInput, developerRef } from '@/lib/accounts/schema'
import { adminAction } from '@/lib/request/admin-action'

const can = 'partners'

export const createAccountAction = adminAction({ can, input: accountInput }, async (ctx, input) => {
  const { id } = await createAccount(ctx, input)
  return { goTo: `/accounts/${id}` }
})

export const editAccountAction = adminAction({ can, input: accountValuesInput }, (ctx, input) => editAccountValues(ctx, input))

export const approveAccountAction = adminAction({ can, input: accountRef }, (ctx, input) => approveAccount(ctx, input))

export const rejectAccountAction = adminAction({ can, input: accountRejectInput }, (ctx, input) => rejectAccount(ctx, input))

export const suspendAccountAction = adminAction({ can, input: accountRef }, (ctx, input) => suspendAccount(ctx, input))

export const resumeAccountAction = adminAction({ can, input: accountRef }, (ctx, input) => resumeAccount(ctx, input))

export const deleteAccountAction = adminAction({ can, input: accountDeleteInput, stepUp: true }, async (ctx, input) => {
  await deleteAccount(ctx, input)
  return { goTo: '/accounts' }
})

export const addDeveloperAction = adminAction({ can, input: developerInput }, (ctx, input) => addDeveloper(ctx, input))

export const editDeveloperAction = adminAction({ can, input: developerEditInput }, (ctx, input) => editDeveloper(ctx, input))

export const suspendDeveloperAction = adminAction({ can, input: developerRef }, (ctx, input) => suspendDeveloper(ctx, input))

export const resumeDeveloperAction = adminAction({ can, input: developerRef }, (ctx, input) => resumeDeveloper(ctx, input))

export const removeDeveloperAction = adminAction({ can, input: developerRef }, (ctx, input) => removeDeveloper(ctx, input))
