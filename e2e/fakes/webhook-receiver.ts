import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { Webhook } from 'standardwebhooks'

/**
 * A receiver of webhooks as a careful customer would build it: it checks the signature, drops second copies of a message
 * and shows what it got. `POST /hooks` takes events; a browser opens `/`; scripts read `GET /received`.
 *
 * `PUT /__secret` (plain text) says which secret signs, `?path=/hooks/x` for one path alone; before that nothing is
 * believed. `PUT /__answer` (a status code, plain text) makes it answer that from now on, `DELETE /received` empties the list.
 */
export type WebhookReceiver = {
  /** Where events are posted. */
  url: string
  /** Where a person looks. */
  pageUrl: string
  port: number
  received(): Received[]
  useSecret(secret: string): void
  /** Answers this status from now on; 204 is the usual one. */
  answerWith(status: number): void
  close(): Promise<void>
}

/** `verified`: the signature held for these very bytes. `copies`: how often the same id came again. */
export type Received = { id: string; path: string; at: string; type: string; verified: boolean; problem: string | null; copies: number; body: unknown }

const KEPT_MAX = 200
const BODY_MAX = 1024 * 1024

export async function startWebhookReceiver({ port = 0, host = '127.0.0.1', secret = '' }: { port?: number; host?: string; secret?: string } = {}): Promise<WebhookReceiver> {
  const kept: Received[] = []
  const secrets = new Map([['', secret]])
  let answer = 204

  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy())
  })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://receiver')
    const body = await textOf(request)
    if (request.method === 'POST') {
      keep(path, request.headers, body)
      return void response.writeHead(answer, { 'content-type': 'text/plain' }).end(answer < 300 ? '' : `The receiver was told to answer ${answer}.`)
    }
    if (path === '/received' && request.method === 'DELETE') kept.length = 0
    if (path === '/received') return send(response, 'application/json', JSON.stringify(kept))
    if (path === '/__secret' && request.method === 'PUT') secrets.set(searchParams.get('path') ?? '', body.trim())
    if (path === '/__answer' && request.method === 'PUT') answer = Number(body) || 204
    if (path.startsWith('/__')) return send(response, 'text/plain', 'ok\n')
    return send(response, 'text/html; charset=utf-8', pageOf(kept))
  }

  function keep(path: string, headers: IncomingMessage['headers'], body: string): void {
    const checking = secrets.get(path) ?? secrets.get('') ?? ''
    const id = String(headers['webhook-id'] ?? '')
    const known = kept.find((each) => each.id === id && each.path === path)
    if (known && id !== '') return void known.copies++
    let problem: string | null = null
    try {
      new Webhook(checking).verify(body, headers as Record<string, string>)
    } catch (error) {
      problem = checking === '' ? 'No secret is known yet' : (error as Error).message
    }
    const parsed = parsedOf(body)
    const type = typeof parsed === 'object' && parsed !== null && 'type' in parsed ? String(parsed.type) : '?'
    kept.unshift({ id, path, at: new Date().toISOString(), type, verified: problem === null, problem, copies: 0, body: parsed })
    kept.length = Math.min(kept.length, KEPT_MAX)
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${bound}/hooks`,
    pageUrl: `http://127.0.0.1:${bound}/`,
    port: bound,
    received: () => structuredClone(kept),
    useSecret: (next) => void secrets.set('', next),
    answerWith: (status) => void (answer = status),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function parsedOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body // shown as it came
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8')
    if (text.length > BODY_MAX) throw new Error('too long')
  }
  return text
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

function pageOf(kept: Received[]): string {
  const items = kept.map(
    ({ at, type, verified, problem, copies, body }) =>
      `<article><h2>${escapeHtml(type)}</h2><p>${at.slice(11, 19)} UTC · ${verified ? 'signature holds' : `not believed: ${escapeHtml(problem ?? '')}`}${copies ? ` · came ${copies + 1} times` : ''}</p><pre>${escapeHtml(JSON.stringify(body, null, 2))}</pre></article>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="3"><title>Webhooks received</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}article{border:1px solid #8884;border-radius:8px;padding:1rem;margin:1rem 0}h1{font-size:1.4rem}h2{font-size:1rem;margin:0}p{margin:.25rem 0 .75rem;opacity:.75}pre{margin:0;overflow:auto;font-size:13px}</style>
<h1>Webhooks received</h1>${items.length > 0 ? items.join('') : '<p>Nothing yet. Let a partner sign up, or press Send test in the dashboard. This page looks every three seconds.</p>'}</html>`
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  const receiver = await startWebhookReceiver({ port: Number(values.port) })
  process.stdout.write(`Webhook receiver listening on ${receiver.pageUrl}\n`)
  const end = () => void receiver.close().then(() => process.exit(0))
  process.once('SIGTERM', end)
  if (process.connected) {
    // Ctrl-C reaches the whole group; our parent ends us, or dies.
    process.on('SIGINT', () => {})
    process.once('disconnect', end)
  } else process.once('SIGINT', end)
}
