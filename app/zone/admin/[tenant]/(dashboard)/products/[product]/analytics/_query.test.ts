import { describe, expect, it } from 'vitest'
import { addressOf, analyticsQuery } from './_query'

describe('the view of the analytics', () => {
  it('is thirty days of production unless the address says otherwise, and nonsense is ignored', () => {
    expect(analyticsQuery.parse({})).toEqual({ period: '30d', env: 'production' })
    expect(analyticsQuery.parse({ period: 'century', by: 'blink', env: 'moon', metric: 'x', application: '-1', first: 'yesterday' })).toEqual({ period: '30d', env: 'production' })
    expect(analyticsQuery.parse({ period: '7d', by: 'hour', env: 'staging', metric: '7' })).toEqual({ period: '7d', by: 'hour', env: 'staging', metric: 7n })
  })

  it('stands in the address, and what is as usual stays out of it', () => {
    const address = addressOf('/here', analyticsQuery.parse({ period: 'own', first: '2026-11-01', last: '2026-11-10', account: '3' }))
    expect(address({})).toBe('/here?period=own&first=2026-11-01&last=2026-11-10&account=3')
    expect(address({ account: undefined, table: 'hours' }, 'export')).toBe('/here/export?period=own&first=2026-11-01&last=2026-11-10&table=hours')
    expect(addressOf('/here', analyticsQuery.parse({}))({})).toBe('/here')
  })
})
