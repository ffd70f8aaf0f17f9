import { describe, expect, it } from 'vitest'
import { readTableUrl, writeTableUrl } from '@/components/ui/table-url'

describe('the address of a list', () => {
  it('says search, filters, order and page, and reads back the same', () => {
    const state = { q: 'paper', filters: { state: 'live' }, sort: { key: 'calls', desc: true }, page: 2 }
    const query = writeTableUrl(new URLSearchParams('tab=x&cursor=abc'), state, ['state', 'plan'])
    expect(query).toBe('?tab=x&q=paper&state=live&sort=-calls&page=2')
    expect(readTableUrl(new URLSearchParams(query), ['state', 'plan'])).toEqual(state)
  })

  it('leaves out what is as usual and shrugs off nonsense', () => {
    const state = readTableUrl(new URLSearchParams('page=-3&sort='), [])
    expect(state).toEqual({ q: '', filters: {}, sort: null, page: 1 })
    expect(writeTableUrl(new URLSearchParams('q=old'), state, [])).toBe('')
  })
})
