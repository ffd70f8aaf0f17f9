import { notFound } from 'next/navigation'
import { isAppError } from '@/lib/errors'
import { toPlain, type Plain } from '@/lib/request/plain'

/** An id out of a path; anything but a positive integer is a page that does not exist. */
export function pathId(text: string): bigint {
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) notFound()
  return BigInt(text)
}

/** For reads of a page: `not_found` of a noun becomes the not-found page. */
export async function orNotFound<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') notFound()
    throw error
  }
}

/** The same, as plain values that client components may have. */
export async function pageData<Result>(reading: Promise<Result>): Promise<Plain<Result>> {
  return toPlain(await orNotFound(reading))
}

export type SearchParams = Promise<Record<string, string | string[] | undefined>>

/** Query parameters that were given once; repeated ones fall away (ISO-9). */
export async function queryOf(searchParams: SearchParams): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await searchParams).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''))
}
