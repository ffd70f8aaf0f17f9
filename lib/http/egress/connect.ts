import type { LookupAddress, LookupOptions } from 'node:dns'
import { buildConnector, type Pool } from 'undici'
import { AppError } from '@/lib/errors'
import { egressPolicy, literalOf, assertAddressAllowed, resolveAllowed, type EgressPolicy } from '@/lib/http/egress/policy'

type ConnectOptions = {
  connectTimeoutMs?: number
  policy?: EgressPolicy
  tls?: { ca?: string | Buffer; rejectUnauthorized?: true }
  /** Node's `onread`: reads go there and not through a stream. */
  onRead?: { buffer: Uint8Array; callback(length: number, bytes: Uint8Array): boolean }
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/**
 * The `connect` of an undici pool that may only go where this installation may: the address is looked up, checked and
 * pinned for **every** new connection (EG-4), so a name that points elsewhere tomorrow is refused tomorrow. TLS name
 * and Host header stay the host name. Fails with `AppError` `address_not_allowed` or `could_not_connect`, or with
 * undici's own error.
 */
export function egressConnect({ connectTimeoutMs = 5_000, policy = egressPolicy(), tls, onRead }: ConnectOptions = {}): buildConnector.connector {
  // undici's connector knows its port only per call, our check needs it in the look-up: one connector a port.
  const connectors = new Map<number, buildConnector.connector>()

  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    try {
      // A literal address never reaches `lookup`.
      const literal = literalOf(options.hostname)
      if (literal) assertAddressAllowed(literal, port, policy)
      let connector = connectors.get(port)
      if (!connector) {
        connector = buildConnector({ ...tls, ...(onRead && { onread: onRead }), timeout: connectTimeoutMs, allowH2: false, lookup: checkedLookup(port, policy), autoSelectFamily: true })
        if (connectors.size >= 64) connectors.clear()
        connectors.set(port, connector)
      }
      connector(options, callback)
    } catch (error) {
      callback(error as Error, null)
    }
  }
}

/** Options for a gateway pool: where it may connect, how long it waits, how much header it reads (EG-7). */
export function egressPoolOptions({ firstByteTimeoutMs, idleTimeoutMs, ...connect }: ConnectOptions & { firstByteTimeoutMs: number; idleTimeoutMs: number }): Pool.Options {
  return { connect: egressConnect(connect), headersTimeout: firstByteTimeoutMs, bodyTimeout: idleTimeoutMs, maxHeaderSize: 32 * 1024, allowH2: false }
}

function checkedLookup(port: number, policy: EgressPolicy) {
  return (host: string, options: LookupOptions, callback: LookupCallback): void => {
    resolveAllowed(host, port, policy).then(
      (addresses) => {
        const wanted = options.family === 4 || options.family === 6 ? addresses.filter(({ family }) => family === options.family) : addresses
        const first = wanted[0]
        if (!first) callback(new AppError('could_not_connect', { publicMessage: 'The host could not be reached.' }), '', 4)
        else if (options.all) callback(null, wanted)
        else callback(null, first.address, first.family)
      },
      (error: Error) => callback(error, '', 4),
    )
  }
}
