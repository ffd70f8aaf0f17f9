'use server'

import { createSpec } from '@/lib/activedocs/create-spec'
import { deleteSpec } from '@/lib/activedocs/delete-spec'
import { editSpec } from '@/lib/activedocs/edit-spec'
import { hideSpec, publishSpec } from '@/lib/activedocs/publish-spec'
import { specEditInput, specInput, specRef } from '@/lib/activedocs/schema'
import { adminAction } from '@/lib/request/admin-action'

const can = 'products'

export const createSpecAction = adminAction({ can, input: specInput }, async (ctx, input) => {
  await createSpec(ctx, input)
  return { goTo: `/products/${input.productId}/activedocs` }
})

export const editSpecAction = adminAction({ can, input: specEditInput }, (ctx, input) => editSpec(ctx, input))

export const publishSpecAction = adminAction({ can, input: specRef }, (ctx, input) => publishSpec(ctx, input))

export const hideSpecAction = adminAction({ can, input: specRef }, (ctx, input) => hideSpec(ctx, input))

export const deleteSpecAction = adminAction({ can, input: specRef }, (ctx, input) => deleteSpec(ctx, input))
