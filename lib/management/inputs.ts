import { z } from 'zod'

/**
 * Pieces of inputs and answers that management routes share. Values arrive as JSON or as the texts of a form: each
 * piece takes both, and `shown` says in the document what one should send.
 */
const shown = (document: Record<string, unknown>) => ({ document })

/** An id sent as number or text; a bigint for us. */
export const id = () => z.union([z.number().int(), z.string().trim().regex(/^\d{1,16}$/)], { error: 'Write an id: a whole number.' }).transform((value) => BigInt(value)).refine((value) => value > 0n && value <= BigInt(Number.MAX_SAFE_INTEGER), 'Write an id: a whole number above 0.').meta(shown({ type: 'integer' }))

/** true, false, 1, 0, "true", "1", "on", ... */
export const flag = () => z.union([z.boolean(), z.literal(1).transform(() => true), z.literal(0).transform(() => false), z.stringbool()], { error: 'Write true or false.' }).meta(shown({ type: 'boolean' }))

/** A text of at most so many characters, without blanks at its ends; a number is taken as its digits. */
export const text = (most = 255) => z.union([z.string(), z.number().transform(String)], { error: 'Write a text.' }).pipe(z.string().trim().max(most, `Use at most ${most} characters.`)).meta(shown({ type: 'string', maxLength: most }))

/** As `text`, but neither left out nor empty. */
export const requiredText = (most = 255) => z.union([z.string(), z.number().transform(String)], { error: "can't be blank" }).pipe(z.string().trim().min(1, "can't be blank").max(most, `Use at most ${most} characters.`)).meta(shown({ type: 'string', minLength: 1, maxLength: most }))

/** A whole number of `least` or more, up to 2^53 - 1: what JSON carries exactly. */
export const wholeNumber = (least = 0) => z.union([z.number(), z.string().trim().regex(/^-?\d{1,16}$/).transform(Number)], { error: 'Write a whole number.' }).pipe(z.number().int('Write a whole number.').min(least, `Write ${least} or more.`).max(Number.MAX_SAFE_INTEGER)).meta(shown({ type: 'integer', minimum: least }))

/** An amount of money of 0 or more, in the tenant’s currency. */
export const amount = () => z.union([z.number(), z.string().trim().regex(/^\d{1,10}(\.\d{1,4})?$/).transform(Number)], { error: 'Write an amount such as 0.05, with at most four decimals.' }).pipe(z.number().min(0, 'Write 0 or more.')).meta(shown({ type: 'number', minimum: 0 }))

/** A list, or one value of it, or (in a form) a text with commas or lines between them. */
export const texts = (most = 500) => z.union([z.array(z.union([z.string(), z.number().transform(String)])), z.string().transform((value) => value.split(/[,\n]/).map((part) => part.trim()).filter((part) => part !== ''))], { error: 'Write a list.' }).pipe(z.array(z.string()).max(most)).meta(shown({ type: 'array', items: { type: 'string' }, maxItems: most }))

/** A date or a moment, ISO 8601. */
export const moment = () => z.union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'Write a time such as 2027-01-31T12:00:00Z.' }).transform((value) => new Date(value)).meta(shown({ type: 'string', format: 'date-time' }))

/** Pieces of answers: what the document says and the tests check. */
export const answer = {
  id: z.number().int().positive(),
  time: z.iso.datetime(),
  links: z.array(z.object({ rel: z.string(), href: z.string() })),
}

/** `links` of an object: names to paths on the admin host. */
export function linksOf(origin: string, paths: Record<string, string>): { rel: string; href: string }[] {
  return Object.entries(paths).map(([rel, path]) => ({ rel, href: origin + path }))
}
