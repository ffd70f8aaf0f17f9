import { notFound } from 'next/navigation'
import { isAppError } from '@/lib/errors'
import { toPlain, type Plain } from '@/lib/request/plain'
import { idInput } from '@/lib/tenants/id-input'

/** What a page reads, as plain values for client components; what is not found becomes the not-found page. */
export async function pageData<Result>(reading: Promise<Result>): Promise<Plain<Result>> {
  try {
    return toPlain(await reading)
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') notFound()
    throw error
  }
}

/** The id in a page's address; anything that is no id is not found. */
export function pageId(segment: string): bigint {
  const parsed = idInput.safeParse(segment)
  if (!parsed.success) notFound()
  return parsed.data
}
