import { expect, it } from 'vitest'
import { describeTrend, shareOf, trendOf } from '@/lib/analytics/compare'

it.each([
  [{ now: 0, before: 0 }, 'unchanged', 'none before either'],
  [{ now: 5, before: 5 }, 'unchanged', 'as many as before'],
  [{ now: 5, before: 0 }, 'new', 'none before'],
  [{ now: 0, before: 4 }, '−100 %', '−100 % against 4 before'],
  [{ now: 112, before: 100 }, '+12 %', '+12 % against 100 before'],
  [{ now: 1015, before: 1000 }, '+1.5 %', '+1.5 % against 1,000 before'],
  [{ now: 100_001, before: 100_000 }, 'about the same', 'about as many as before'],
  [{ now: 5_000, before: 3 }, 'over 100 times', 'over 100 times the 3 before'],
  [{ now: 40, before: 2 }, '20 times', '20 times the 2 before'],
])('%j is %s', (change, text, sentence) => {
  expect(trendOf(change).text).toBe(text)
  expect(describeTrend(change, 'before')).toBe(sentence)
})

it('shares say nothing of nothing', () => expect([shareOf(0, 10), shareOf(1, 0), shareOf(1, 3), shareOf(1, 100), shareOf(1, 10_000)]).toEqual(['—', '—', '33 %', '1 %', '<0.1 %']))
