import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ArrayColumn } from '@/lib/db/array-column'
import { ownerPool } from '@/lib/db/pools'
import { testDatabase } from '@/lib/db/test-database'

testDatabase()

it('what is put into columns is what Postgres reads, number for number and letter for letter', async () => {
  const word = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.maxSafeInteger(), word), { minLength: 1, maxLength: 400 }), async (given) => {
      const [numbers, texts] = [new ArrayColumn('int8'), new ArrayColumn('text')]
      for (const [number, text] of given) {
        numbers.pushNumber(number)
        texts.pushText(text)
      }
      const { rows } = await ownerPool().query<{ number: string; text: string }>('SELECT number, text FROM unnest($1::int8[], $2::text[]) WITH ORDINALITY AS u (number, text, place) ORDER BY place', [numbers.toBuffer(), texts.toBuffer()])
      expect(rows.map(({ number, text }) => [Number(number), text])).toEqual(given)
    }),
    { numRuns: 60 },
  )
})

it.each([0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('%d keeps its value', async (value) => {
  const column = new ArrayColumn('int8')
  column.pushNumber(value)
  const { rows } = await ownerPool().query<{ value: string }>('SELECT unnest($1::int8[]) AS value', [column.toBuffer()])
  expect(Number(rows[0]!.value)).toBe(value)
})
