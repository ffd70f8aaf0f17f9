import { expect, it } from 'vitest'
import { rankCommand } from '@/components/ui/rank-command'

it('the palette prefers names over keywords and hides what lacks a word', () => {
  const rank = (label: string, ...more: string[]) => rankCommand('api', label, more)
  expect(rank('API')).toBe(1)
  expect(rank('API')).toBeGreaterThan(rank('REST API'))
  expect(rank('REST API')).toBeGreaterThan(rank('Products', 'APIs'))
  expect(rank('Applications', 'Partners')).toBe(0)
  expect(rankCommand('rest tw', 'REST API', ['twitter'])).toBeGreaterThan(0)
  expect(rankCommand('rest xy', 'REST API', ['twitter'])).toBe(0)
})
