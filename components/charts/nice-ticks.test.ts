import { describe, expect, it } from 'vitest'
import { niceTicks } from '@/components/charts/nice-ticks'

describe('ticks of an axis', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [38, [0, 10, 20, 30, 40]],
    [222, [0, 100, 200, 300]],
    [3660, [0, 1000, 2000, 3000, 4000]],
    [16_815, [0, 5000, 10_000, 15_000, 20_000]],
  ])('up to %d are round', (max, ticks) => expect(niceTicks(max)).toEqual(ticks))

  it('are whole, few, and reach the largest value', () => {
    for (let max = 1; max < 2_000_000; max = Math.ceil(max * 1.37)) {
      const ticks = niceTicks(max)
      expect(ticks.every(Number.isInteger)).toBe(true)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max)
    }
  })
})
