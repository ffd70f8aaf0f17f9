import { describe, expect, it } from 'vitest'
import { callAsCurl } from '@/lib/calls/call-as-curl'
import { MASK } from '@/lib/calls/redact'
import { publicOrigin } from '@/lib/zones/public-origin'

const callTo = (host: string) => callAsCurl({ method: 'GET', target: `/list?user_key=${MASK}`, detail: { host, head: [['accept', 'application/json'], ['host', host], ['x-forwarded-for', '203.0.113.9']] } })

describe('a kept call as curl', () => {
  it('names the address callers reach us by, its port once, whatever port the Host header had', () => {
    const address = `${publicOrigin('api.gw.localhost')}/list?user_key=YOUR_KEY`
    for (const host of ['api.gw.localhost', 'api.gw.localhost:3900']) expect(callTo(host)).toContain(address)
  })

  it('leaves out what curl or a proxy set, and shows a place for the key instead of a mask', () => {
    const line = callTo('api.gw.localhost')
    expect(line).toContain('accept: application/json')
    expect(line).not.toMatch(/-H 'host|forwarded|203\.0\.113/i)
    expect(line).not.toContain(MASK)
  })
})
