import { Readable } from 'node:stream'
import type { ReadableStream as NodeWebStream } from 'node:stream/web'
import type { CallFacts } from '@/lib/gateway/node-door'
import type { WebCall } from '@/lib/gateway/web-door'
import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import { answerCall } from '@/lib/accounting/answer-call'
import { readWhole } from '@/lib/accounting/read-whole'

/** The same for a Web `Request`: the route handler of plain `next start`. */
export async function respondWeb(parts: AccountingParts, { method, target, headers: sent, body }: WebCall, facts: CallFacts): Promise<Response> {
  const headers = Object.fromEntries(sent)
  const length = headers['content-length']
  const call: AccountingCall = {
    method,
    target,
    headers,
    readBody: (bytesMax) => readWhole(body ? (Readable.fromWeb(body as NodeWebStream<Uint8Array>) as AsyncIterable<Uint8Array>) : Readable.from([]), length === undefined ? null : Number(length), bytesMax),
    clientAddress: facts.clientAddress,
    requestId: facts.requestId,
    at: facts.receivedAt,
    concerns: { service: null, proved: false },
  }
  const answer = await answerCall(parts, call)
  const all = new Headers()
  for (let i = 0; i < answer.headers.length; i += 2) all.append(answer.headers[i]!, answer.headers[i + 1]!)
  if (answer.status !== 204) all.set('Content-Length', String(Buffer.byteLength(answer.body)))
  return new Response(method === 'HEAD' || answer.status === 204 ? null : answer.body, { status: answer.status, headers: all })
}
