import type { Readable } from 'node:stream'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import type { PolicyRun } from '@/lib/gateway/policies/policy-run'

/**
 * One API call as the doors hand it in. Both doors (Node's `req/res`, the Web's `Request`) fill the same value; nothing
 * behind them knows which it was.
 */
export type Call = {
  method: string
  /** Path and query as sent. */
  target: string
  /** Host name for the look-up: lower case, no port. */
  host: string
  /** As sent, with port. */
  hostHeader: string
  scheme: string
  clientAddress: string
  /** Ours, on every answer and at the upstream. */
  requestId: string
  /** Lower-case names; a repeated header's values are joined with a comma and a space. */
  headers: Record<string, string | string[] | undefined>
  /** Name, value, name, value, as sent. */
  rawHeaders: readonly string[]
  body: CallBody | null
  /** One of our own calls that wants to know what it met (`trace.ts`). */
  traced: boolean
  /** The caller proved that it may see 3scale's debug headers (`debug-headers.ts`); set once the product is known. */
  debugged?: boolean
  /** What its token says; set once that was believed. */
  bearer?: BearerFacts
  /** Its way through the product's policies; set once the product is known, where it has any. */
  policyRun?: PolicyRun
  /** Milliseconds since 1970. */
  at: number
}

/** The body of a call, read at most once, streaming. */
export type CallBody = {
  /** From Content-Length; null where the body comes in chunks of unknown number. */
  length: number | null
  /**
   * The whole body as text where it is small and urlencoded, without taking it from the stream. Null where it is
   * longer than 16 KiB: such a body is never read for parameters (reference gateway 1.3).
   */
  readForm(): Promise<string | null>
  /** What to send upstream. Fails with `BodyTooLarge` where more than `bytesMax` come without an announced length. */
  open(bytesMax: number): UpstreamBody
}

export type UpstreamBody = Buffer | Readable | AsyncIterable<Uint8Array>

export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE'
}

/** A header's value; of the few that Node keeps as lists, joined. */
export function headerOf(call: Call, name: string): string | undefined {
  const value = call.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
