import type { GatewayParts } from '@/lib/gateway/decide'
import type { AccountingDirectory, Service } from '@/lib/accounting/accounting-directory'
import type { IntegrationErrors } from '@/lib/accounting/keep-integration-errors'
import type { Strangers } from '@/lib/gateway/strangers'

/** What the accounting API works with: the gateway's own parts, so that both count on the same counters. */
export type AccountingParts = Pick<GatewayParts, 'clock' | 'counters' | 'bursts' | 'journal'> & {
  gateway: GatewayParts['directory']
  directory: AccountingDirectory
  errors: IntegrationErrors
  strangers: Strangers
}

/** One call as the doors hand it in. */
export type AccountingCall = {
  method: string
  /** Path and query as sent. */
  target: string
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>
  /** The whole body; null where it is longer than `bytesMax`. */
  readBody(bytesMax: number): Promise<Buffer | null>
  clientAddress: string
  requestId: string
  /** Milliseconds since 1970. */
  at: number
  /** Filled on the way, for the list of integration errors: whom an error concerns, and whether the caller proved to be a friend. */
  concerns: { service: Service | null; proved: boolean }
}

/** Headers as a flat list. */
export type AccountingAnswer = { status: number; headers: string[]; body: string; closeConnection?: boolean }

export function headerText(call: AccountingCall, name: string): string | undefined {
  const value = call.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
