import { z } from 'zod'
import { documentLimits } from '@/lib/products/openapi/parsed-document'
import { idInput } from '@/lib/tenants/id-input'

const name = z.string({ error: 'Give the document a name.' }).trim().min(1, 'Give the document a name.').max(100, 'Use at most 100 characters.')
const description = z.string().trim().max(2000, 'Use at most 2000 characters.')
const source = z
  .string({ error: 'Paste the document, or choose a file.' })
  .refine((text) => text.trim() !== '', 'Paste the document, or choose a file.')
  .refine((text) => Buffer.byteLength(text) <= documentLimits.bytesMax, 'The document is larger than 10 MB.')

/** Part of the address `/docs/<system name>`. */
const systemName = z
  .string()
  .trim()
  .max(60, 'Use at most 60 characters.')
  .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, 'Use small letters and digits, with single - or _ between them.')

export const specInput = z.object({
  productId: idInput,
  name,
  systemName: z.union([z.literal('').transform(() => undefined), systemName]).optional(),
  description: description.default(''),
  source,
  published: z.boolean().default(false),
})
export type SpecInput = z.input<typeof specInput>

/** The system name stays: partners' bookmarks know it. */
export const specEditInput = z.object({ specId: idInput, name: name.optional(), description: description.optional(), source: source.optional() })
export type SpecEditInput = z.input<typeof specEditInput>

export const specRef = z.object({ specId: idInput })
export type SpecRef = z.input<typeof specRef>

/** How many documents a tenant may keep. */
export const specsMax = 200
