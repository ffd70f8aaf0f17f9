'use server'

import { createField } from '@/lib/fields/create-field'
import { deleteField } from '@/lib/fields/delete-field'
import { editField } from '@/lib/fields/edit-field'
import { orderFields } from '@/lib/fields/order-fields'
import { fieldEditInput, fieldInput, fieldOrderInput, fieldRef } from '@/lib/fields/schema'
import { adminAction } from '@/lib/request/admin-action'

const can = 'portal'

export const createFieldAction = adminAction({ can, input: fieldInput }, (ctx, input) => createField(ctx, input))

export const editFieldAction = adminAction({ can, input: fieldEditInput }, (ctx, input) => editField(ctx, input))

export const deleteFieldAction = adminAction({ can, input: fieldRef }, (ctx, input) => deleteField(ctx, input))

export const orderFieldsAction = adminAction({ can, input: fieldOrderInput }, (ctx, input) => orderFields(ctx, input))
