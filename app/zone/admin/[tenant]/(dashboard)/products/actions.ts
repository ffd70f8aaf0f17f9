'use server'

import { createProduct } from '@/lib/products/create-product'
import { productInput } from '@/lib/products/schema'
import { adminAction } from '@/lib/request/admin-action'

export const createProductAction = adminAction({ can: 'products', input: productInput }, async (ctx, input) => {
  const product = await createProduct(ctx, input)
  return { goTo: `/products/${product.id}` }
})
