import { z } from 'zod'
import { importOptions } from '@/lib/products/schema'
import { idInput } from '@/lib/tenants/id-input'

/** A pasted or dropped document, or the address of one. */
export const importInput = z.object({
  productId: idInput,
  text: z.string().optional(),
  url: z.string().trim().max(2000, 'Use at most 2000 characters.').optional(),
  ...importOptions.shape,
})

export type ImportRequest = { productId: number; text?: string; url?: string; naming: 'path' | 'summary'; removeMissing: boolean }
