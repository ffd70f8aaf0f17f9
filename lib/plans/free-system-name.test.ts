import { describe, expect, it } from 'vitest'
import { freeCopyName, freeSystemName, systemNameOf } from '@/lib/plans/free-system-name'

describe('system names of plans', () => {
  it.each([
    ['Trial', 'trial'],
    ['User Limits', 'user_limits'],
    ['  Größe M (beta) ', 'grosse_m_beta'],
    ['Crème brûlée', 'creme_brulee'],
    ['日本', 'plan'],
  ])('%s becomes %s', (name, expected) => {
    expect(systemNameOf(name)).toBe(expected)
  })

  it('counts on where a name is taken', () => {
    expect(freeSystemName('Trial', new Set(['trial', 'trial_2']))).toBe('trial_3')
  })

  it('names the second copy apart from the first', () => {
    expect(freeCopyName('Public', ['Public'])).toBe('Public (copy)')
    expect(freeCopyName('Public', ['Public', 'public (COPY)'])).toBe('Public (copy 2)')
  })
})
