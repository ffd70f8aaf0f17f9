import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { plainProblem } from '@/lib/products/plain-problem'

const wordsOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value, { error: plainProblem }).error?.issues.map(({ message }) => message)

describe('what is wrong with a value is said for people', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['nothing at all', z.string(), undefined, 'This is missing. Write a text.'],
    ['another kind', z.number(), 'x', 'Write a number.'],
    ['a part of a number', z.number().int(), 1.5, 'Write a whole number.'],
    ['a choice', z.enum(['a', 'b']), 'c', 'Choose one of a, b.'],
    ['one letter at least', z.string().min(1), '', 'Use at least 1 character.'],
    ['one entry at most', z.array(z.string()).max(1), ['a', 'b'], 'Use at most 1 entry.'],
    ['letters', z.string().max(3), 'abcd', 'Use at most 3 characters.'],
    ['a number', z.number().max(5_000), 6_000, 'Use at most 5,000.'],
    ['more than a number', z.number().positive(), 0, 'Use more than 0.'],
    ['less than a number', z.number().lt(10), 10, 'Use less than 10.'],
  ])('%s', (_name, schema, value, words) => expect(wordsOf(schema, value)).toEqual([words]))
})
