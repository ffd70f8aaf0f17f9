import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayParts } from '@/lib/gateway/decide'
import { handleNode } from '@/lib/gateway/node-door'
import type { CallFacts } from '@/lib/gateway/node-door'
import { respondWeb } from '@/lib/gateway/web-door'
import type { WebCall } from '@/lib/gateway/web-door'

/** The gateway of a process: one core behind two doors. */
export type Gateway = {
  parts: GatewayParts
  /** The fast door, behind `server.ts`. */
  handle(request: IncomingMessage, response: ServerResponse, facts: CallFacts): void
  /** The same for a Web request. Rejects where the caller went away before there was an answer. */
  respond(call: WebCall, facts: CallFacts): Promise<Response>
  /** For a process that may have been frozen: hears of what changed meanwhile, before it serves. Null where nothing is to be waited for. */
  freshen(): Promise<void> | null
  /** Ends connections to upstreams, then closes what it was made with, which books what was counted. Calls must have ended. */
  close(): Promise<void>
}

/** `release` closes what the parts were made with: journal and counters too, which may be others' as well. */
export function createGateway(parts: GatewayParts, release: () => Promise<void>, freshen: () => Promise<void> | null = () => null): Gateway {
  return {
    parts,
    freshen,
    handle: (request, response, facts) => handleNode(parts, request, response, facts),
    respond: (call, facts) => respondWeb(parts, call, facts),
    async close() {
      await parts.lanes.close()
      await release()
    },
  }
}
