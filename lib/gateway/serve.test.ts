import { describe, expect, it } from 'vitest'
import type { Call } from '@/lib/gateway/call'
import type { GatewayParts } from '@/lib/gateway/decide'
import type { Answer } from '@/lib/gateway/refusals'
import { serve } from '@/lib/gateway/serve'
import type { DoorSink } from '@/lib/gateway/serve'

const parts = { directory: { route: () => null } } as unknown as GatewayParts
const call = (target = '/'): Call => ({ method: 'GET', target, host: 'nobody.test', hostHeader: 'nobody.test', scheme: 'http', clientAddress: '203.0.113.9', requestId: 'r1', headers: {}, rawHeaders: [], body: null, traced: false, at: 0 })

/** A door that cannot write the first so many answers. */
function door(failures: number) {
  const told: (Answer | 'cut')[] = []
  let left = failures
  const sink: DoorSink = {
    gone: false,
    start: () => {},
    write: () => true,
    end: () => {},
    cut: () => void told.push('cut'),
    forwarding: () => {},
    answer(answer) {
      if (left-- > 0) throw new TypeError('Invalid character in header content')
      told.push(answer)
    },
  }
  return { sink, told }
}

describe('serve', () => {
  it.each(['/', '/_threescale/healthz'])('an answer that cannot be written becomes one that can: nobody waits for ever (%s)', async (target) => {
    const { sink, told } = door(1)
    await serve(parts, call(target), sink)
    expect(told).toMatchObject([{ status: 500 }])
  })

  it('and where nothing can be written the connection breaks', async () => {
    const { sink, told } = door(2)
    await serve(parts, call(), sink)
    expect(told).toEqual(['cut'])
  })

  it('a policy that breaks at the end of a call takes neither the answer nor the notes with it', async () => {
    const { sink, told } = door(0)
    const broken = () => {
      throw new Error('broken')
    }
    await serve(parts, { ...call(), policyRun: { onResponse: broken, end: broken } as never }, sink)
    expect(told).toMatchObject([{ status: 500 }])
  })
})
