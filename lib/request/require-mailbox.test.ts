import { expect, it } from 'vitest'
import { isLoopback } from '@/lib/request/require-mailbox'

it.each([['127.0.0.1', true], ['127.8.9.1', true], ['::1', true], ['::ffff:127.0.0.1', true], ['10.0.0.1', false], ['128.0.0.1', false], ['127.0.0.1.evil.example', false], ['1127.0.0.1', false], ['', false], [null, false]])(
  'the mailbox opens for %j: %j',
  (address, opens) => expect(isLoopback(address)).toBe(opens),
)
