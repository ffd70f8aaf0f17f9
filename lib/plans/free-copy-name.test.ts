import { expect, it } from 'vitest'
import { freeCopyName } from '@/lib/plans/free-copy-name'

it('the second copy of a plan is named apart from the first', () => {
  expect(freeCopyName('Public', ['Public'])).toBe('Public (copy)')
  expect(freeCopyName('Public', ['Public', 'public (COPY)'])).toBe('Public (copy 2)')
  expect(freeCopyName('x'.repeat(100), []).length).toBeLessThanOrEqual(100)
})
