import type { IncomingMessage, ServerResponse } from 'node:http'
import type pg from 'pg'
import type { Gateway } from '@/lib/gateway/gateway'
import type { CallFacts } from '@/lib/gateway/node-door'
import type { WebCall } from '@/lib/gateway/web-door'
import { createStrangers } from '@/lib/gateway/strangers'
import { throttle } from '@/lib/throttle/throttle'
import { createAccountingDirectory } from '@/lib/accounting/accounting-directory'
import type { AccountingParts } from '@/lib/accounting/accounting-call'
import { keepIntegrationErrors } from '@/lib/accounting/keep-integration-errors'
import { loadAccountingData } from '@/lib/accounting/load-data'
import { handleNode } from '@/lib/accounting/node-door'
import { respondWeb } from '@/lib/accounting/web-door'

/** The accounting API of a process: one core behind two doors, on the counters, journal and live data of its gateway. */
export type Accounting = {
  parts: AccountingParts
  handle(request: IncomingMessage, response: ServerResponse, facts: CallFacts): void
  respond(call: WebCall, facts: CallFacts): Promise<Response>
  /** Writes down what still waits. The gateway lives on. */
  close(): Promise<void>
}

export function createAccounting({ parts: gateway }: Pick<Gateway, 'parts'>, pool: pg.Pool): Accounting {
  const { clock, counters, bursts, journal, directory: live } = gateway
  const directory = createAccountingDirectory({ data: loadAccountingData(pool), live: live.data, clock })
  const stopFollowing = live.follow((changes) => directory.apply(changes))
  const errors = keepIntegrationErrors(pool)
  const parts: AccountingParts = { clock, counters, bursts, journal, gateway: live, directory, errors, strangers: gateway.strangers ?? createStrangers(throttle, () => clock.now()) }
  return {
    parts,
    handle: (request, response, facts) => handleNode(parts, request, response, facts),
    respond: (call, facts) => respondWeb(parts, call, facts),
    async close() {
      stopFollowing()
      await errors.close()
    },
  }
}
