import { describe, expect, it } from 'vitest'
import { toldAddress } from '@/lib/gateway/relayed-address'
import { networkOf } from '@/lib/throttle/network-of'

describe('the address a gateway of one’s own tells us', () => {
  it.each([
    ['203.0.113.5', '203.0.113.5'],
    ['2001:DB8::1', '2001:db8::1'],
    ['::ffff:203.0.113.5', '203.0.113.5'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('HTTP-3 %s is %s', (told, address) => {
    expect(toldAddress(told)).toBe(address)
  })

  it.each([undefined, '', 'localhost', '203.0.113', '203.0.113.5, 10.0.0.1', '203.0.113.5:80', '0x7f.1', `fe80::1%${'a'.repeat(200)}`, "203.0.113.5'--"])('HTTP-3 %s is none', (told) => {
    expect(toldAddress(told)).toBeNull()
  })

  it('PW-2 callers of an nginx that listens on both families are not all one network', () => {
    expect(networkOf(toldAddress('::ffff:203.0.113.5')!)).not.toBe(networkOf(toldAddress('::ffff:198.51.100.5')!))
  })
})
