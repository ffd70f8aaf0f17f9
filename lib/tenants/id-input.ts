import { z } from 'zod'

/** An id as screens and the management API send it: a positive integer below 2^53, as number or digits. */
export const idInput = z.union([z.bigint(), z.number(), z.string().regex(/^\d{1,16}$/)], { error: 'Choose one from the list.' }).transform((value, context) => {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    context.addIssue({ code: 'custom', message: 'Choose one from the list.' })
    return z.NEVER
  }
  const id = BigInt(value)
  if (id < 1n || id > BigInt(Number.MAX_SAFE_INTEGER)) {
    context.addIssue({ code: 'custom', message: 'Choose one from the list.' })
    return z.NEVER
  }
  return id
})
