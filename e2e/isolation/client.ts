import { Agent, request as httpRequest } from 'node:http'
import { loopbackAddress } from '@/e2e/isolation/loopback-address'
import type { SignedIn } from '@/e2e/isolation/seeded-world'

/** One request as anybody could send it: Node does not resolve `*.localhost`, so the host travels as a header. */
export type Sent = { port: number; host: string; path: string; method?: string; headers?: Record<string, string>; body?: string | Buffer; as?: SignedIn | null; /** An address of this machine's own: who fails from there slows down nobody else. */ from?: string }
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

/** Waits after wrong passwords are counted by address: the browsers of the walks come from 127.0.0.1 and must not meet ours. */
const ownAddress = loopbackAddress()

export function send(sent: Sent): Promise<Answer> {
  return sendOnce(sent).catch((error: unknown) => {
    // A kept connection that the server closed while we were busy searching: nobody has read this request, so it goes again.
    if (error instanceof StaleConnection) return sendOnce(sent)
    throw error
  })
}

class StaleConnection extends Error {}

function sendOnce({ port, host, path, method = 'GET', headers = {}, body, as, from = ownAddress }: Sent): Promise<Answer> {
  const sent: Record<string, string> = { host, ...(as && { cookie: `${as.cookieName}=${as.cookie}` }), ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }), ...headers }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers: sent, agent, localAddress: from }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }))
      response.on('error', reject)
    })
    request.on('error', (error: NodeJS.ErrnoException) => reject(request.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection(error.message, { cause: error }) : error))
    request.end(body)
  })
}

/** What an action answered, or what Next said instead of it. */
export type ActionAnswer = { answer: Answer; result: { ok: boolean; data?: unknown; error?: { code: string; message: string; fields?: Record<string, string[]> } } | null }

/** Calls a server action by its id, as Next's own client does: the arguments as JSON, the id in a header. */
export async function callAction({ id, input, csrf, origin, ...sent }: Omit<Sent, 'body' | 'method'> & { id: string; input: unknown; csrf?: string | null; origin?: string | null }): Promise<ActionAnswer> {
  const headers: Record<string, string> = { accept: 'text/x-component', 'content-type': 'text/plain;charset=UTF-8', 'next-action': id, ...sent.headers }
  const ownOrigin = origin === undefined ? `http://${sent.host}` : origin
  if (ownOrigin !== null) headers.origin = ownOrigin
  const token = csrf === undefined ? sent.as?.csrf : csrf
  if (token) headers['x-csrf-token'] = token
  const answer = await send({ ...sent, method: 'POST', headers, body: JSON.stringify([input]) })
  return { answer, result: readResult(answer.body) }
}

/** The returned value in the rows of React's wire format: row 0 names the row that holds it. */
function readResult(body: string): ActionAnswer['result'] {
  const rows = new Map<string, string>()
  for (let rest = Buffer.from(body); rest.length > 0; ) {
    const at = rest.indexOf(':')
    if (at === -1) break
    // A long text stands in a row of its own, by its length and without an end of line.
    const length = /^T([0-9a-f]+),/.exec(rest.toString('latin1', at + 1, at + 20))
    const from = at + 1 + (length?.[0].length ?? 0)
    const end = length ? from + parseInt(length[1]!, 16) : rest.indexOf('\n', from)
    rows.set(rest.toString('utf8', 0, at), rest.toString('utf8', from, end === -1 ? undefined : end))
    rest = end === -1 ? Buffer.alloc(0) : rest.subarray(length ? end : end + 1)
  }
  try {
    const { a } = JSON.parse(rows.get('0') ?? '{}') as { a?: string }
    const row = a?.startsWith('$@') ? rows.get(a.slice(2)) : undefined
    return row ? (JSON.parse(row) as ActionAnswer['result']) : null
  } catch {
    return null // a page, an error or nothing: whoever asked sees the whole answer
  }
}
