import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Door, OpenDoor } from '@/lib/gateway/doors.contract'
import { createUpstream } from '@/lib/gateway/upstream.fixture'
import type { Upstream } from '@/lib/gateway/upstream.fixture'

// What the tests of a block find open, as with `testDatabase`: named before the block's own hooks, upstream first, since
// what is opened last closes first.

/** A private API while the tests of this block run. Before each of them it has seen nothing and echoes. */
export function testUpstream(): Upstream {
  const { upstream, listen } = createUpstream()
  beforeAll(listen)
  beforeEach(() => {
    upstream.seen = []
    upstream.answer = null
  })
  afterAll(upstream.close)
  return upstream
}

/** A way into a gateway while the tests of this block run. */
export function testDoor(open: () => Promise<Door>): OpenDoor {
  let door: Door | undefined
  beforeAll(async () => {
    door = await open()
  })
  afterAll(() => door?.close())
  return { open: (request) => door!.open(request), settled: () => door!.settled() }
}
