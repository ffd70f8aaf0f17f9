import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallFacts } from '@/lib/gateway/node-door'
import type { AccountingAnswer, AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import { answerCall } from '@/lib/accounting/answer-call'
import { readWhole } from '@/lib/accounting/read-whole'

/** The fast door: Node's request and response, behind `server.ts`. */
export function handleNode(parts: AccountingParts, request: IncomingMessage, response: ServerResponse, facts: CallFacts): void {
  const { headers } = request
  const length = headers['content-length']
  const call: AccountingCall = {
    method: request.method!,
    target: request.url!,
    headers,
    readBody: (bytesMax) => readWhole(request.iterator({ destroyOnReturn: false }), length === undefined ? null : Number(length), bytesMax),
    clientAddress: facts.clientAddress,
    requestId: facts.requestId,
    at: facts.receivedAt,
    concerns: { service: null, proved: false },
  }
  void answerCall(parts, call).then((answer) => write(request, response, answer))
}

const LINGER_MS = 1_000

function write(request: IncomingMessage, response: ServerResponse, { status, headers, body, closeConnection }: AccountingAnswer): void {
  if (response.destroyed) return
  const all = status === 204 ? headers : [...headers, 'Content-Length', String(Buffer.byteLength(body))]
  if (closeConnection && !request.complete) {
    all.push('Connection', 'close')
    // Closing with bytes unread would send a reset, which may swallow the answer on its way.
    const { socket } = request
    socket.destroySoon = () => {
      socket.end()
      request.resume()
      const timer = setTimeout(() => socket.destroy(), LINGER_MS)
      socket.once('close', () => clearTimeout(timer))
    }
  }
  response.writeHead(status, all)
  response.end(body)
}
