import { expect, it } from 'vitest'
import { toCsv } from '@/components/ui/csv'

it('an export quotes what needs it and never carries a formula', () => {
  expect(toCsv(['Name', 'Calls'], [['Paper, Ltd "North"', 12], ['=HYPERLINK("x")', -3], [null, new Date(0)]])).toBe(
    'Name,Calls\r\n"Paper, Ltd ""North""",12\r\n"\'=HYPERLINK(""x"")",-3\r\n,1970-01-01T00:00:00.000Z\r\n',
  )
})
