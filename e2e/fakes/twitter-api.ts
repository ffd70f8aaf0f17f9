import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { answerFor } from './twitter-answers.ts'

/**
 * The private API behind the gateway, in demo and tests. It refuses calls without the gateway's secret token, as a
 * careful API owner would, and keeps a record of every hit it saw, durable against kill -9.
 *
 * Query parameters bend an answer: `echo=headers` (or the path `/echo`) shows the request as it arrived,
 * `__delay=ms` waits first, `__status=code`, `__header=Name: value` (may repeat), `__bytes=N` sends N bytes,
 * `__chunks=N` with `__interval=ms` streams, `__cut=N` breaks the connection after N bytes of a longer body.
 *
 * Asked directly, without the secret: `GET /__hits`, `DELETE /__hits`, `PUT /__secrets` (JSON list of accepted
 * secrets, replaces; an empty list switches the check off), `GET /__health`.
 */
export type TwitterApi = {
  url: string
  port: number
  hits(): Hits
  /** Empties the record. */
  resetHits(): void
  /** Replaces the accepted secrets; none: every call is let in. */
  acceptSecrets(secrets: string[]): void
  close(): Promise<void>
}

/** `calls`: admitted hits per verb and path, e.g. `GET /1.1/users/show.json`. Refused calls are counted apart. */
export type Hits = { total: number; refused: number; calls: Record<string, number> }

type Options = { port?: number; host?: string; secrets?: string[]; dataDir?: string }

export async function startTwitterApi({ port = 0, host = '127.0.0.1', secrets = [], dataDir }: Options = {}): Promise<TwitterApi> {
  const record = openRecord(dataDir)
  let accepted = new Set(secrets)
  const operations = readOperations()

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (req, res) => {
    respond(req, res).catch((error: unknown) => {
      if (!res.headersSent) json(res, 500, { errors: [{ code: 131, message: String(error) }] })
      else res.destroy()
    })
  })

  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://upstream')
    const verb = req.method ?? 'GET'
    if (url.pathname.startsWith('/__')) return control(verb, url.pathname, req, res)

    const secret = req.headers['x-3scale-proxy-secret-token']
    if (accepted.size > 0 && (typeof secret !== 'string' || !accepted.has(secret))) {
      record.refused++
      req.resume()
      return json(res, 403, { errors: [{ code: 64, message: 'This API answers its gateway only: X-3scale-proxy-secret-token is missing or wrong.' }] })
    }
    record.add(verb, url.pathname, String(req.headers['x-request-id'] ?? '-'))

    const params = url.searchParams
    if (params.has('__delay')) await delay(Number(params.get('__delay')))
    for (const header of params.getAll('__header')) res.appendHeader(header.slice(0, header.indexOf(':')).trim(), header.slice(header.indexOf(':') + 1).trim())
    const status = Number(params.get('__status')) || 200
    if (url.pathname.endsWith('/echo') || params.get('echo') === 'headers') return echo(req, res, status)

    for await (const chunk of req) void chunk
    if (params.has('__bytes') || params.has('__chunks') || params.has('__cut')) return stream(res, status, params)
    if (params.has('__status')) return json(res, status, status < 400 ? { ok: true } : { errors: [{ code: status, message: `Answered with ${status} as asked` }] })
    if (!operations.some((operation) => operation.verb === verb && operation.pattern.test(url.pathname))) return json(res, 404, { errors: [{ code: 34, message: 'Sorry, that page does not exist.' }] })
    return json(res, 200, answerFor({ verb, path: url.pathname, params }))
  }

  async function control(verb: string, path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (path === '/__health') return json(res, 200, { ok: true })
    if (path === '/__hits' && verb === 'DELETE') record.reset()
    if (path === '/__hits') return json(res, 200, record.hits())
    if (path === '/__secrets' && verb === 'PUT') {
      accepted = new Set(JSON.parse(await textOf(req)) as string[])
      return json(res, 200, { accepted: accepted.size })
    }
    return json(res, 404, { errors: [{ code: 34, message: 'No such control' }] })
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    hits: record.hits,
    resetHits: record.reset,
    acceptSecrets: (next) => void (accepted = new Set(next)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => (record.close(), resolve()))
        server.closeAllConnections()
      }),
  }
}

/** One line a hit, written before the answer; a later start on the same folder goes on counting. */
function openRecord(dataDir: string | undefined) {
  const calls = new Map<string, number>()
  let file: number | null = null
  if (dataDir) {
    mkdirSync(dataDir, { recursive: true })
    const path = join(dataDir, 'hits.log')
    if (existsSync(path)) for (const line of readFileSync(path, 'utf8').split('\n')) count(line.split('\t')[0] ?? '')
    file = openSync(path, 'a')
  }
  function count(call: string) {
    if (call === 'reset') calls.clear()
    else if (call) calls.set(call, (calls.get(call) ?? 0) + 1)
  }
  const record = {
    refused: 0,
    add(verb: string, path: string, requestId: string) {
      if (file !== null) writeSync(file, `${verb} ${path}\t${requestId}\n`)
      count(`${verb} ${path}`)
    },
    hits: (): Hits => ({ total: [...calls.values()].reduce((sum, n) => sum + n, 0), refused: record.refused, calls: Object.fromEntries(calls) }),
    reset() {
      if (file !== null) writeSync(file, 'reset\n')
      calls.clear()
      record.refused = 0
    },
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
  return record
}

/** Of the REST API and of the second, smaller API that lives on the same host. */
function readOperations(): { verb: string; pattern: RegExp }[] {
  return ['twitter-rest-1.1.openapi.json', 'collections-beta.openapi.json'].flatMap(readOperationsOf)
}

function readOperationsOf(name: string): { verb: string; pattern: RegExp }[] {
  // From dist/, where this file is bundled for the demo, the data stands one folder further.
  const beside = new URL(`../data/${name}`, import.meta.url)
  const file = existsSync(beside) ? beside : new URL(`../e2e/data/${name}`, import.meta.url)
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
  return Object.entries(paths).flatMap(([path, item]) => {
    const pattern = new RegExp(`^/1\\.1${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`)
    return Object.keys(item).filter((key) => key !== 'parameters').map((verb) => ({ verb: verb.toUpperCase(), pattern }))
  })
}

async function echo(req: IncomingMessage, res: ServerResponse, status: number): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  let text = ''
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    hash.update(chunk)
    if (text.length < 65_536) text += chunk.toString('latin1')
  }
  json(res, status, { method: req.method, url: req.url, headers: req.headers, rawHeaders: req.rawHeaders, body: { bytes, sha256: hash.digest('hex'), text: text.slice(0, 65_536) } })
}

async function stream(res: ServerResponse, status: number, params: URLSearchParams): Promise<void> {
  if (params.has('__chunks')) {
    res.writeHead(status, { 'content-type': 'text/plain' })
    for (let i = 0; i < Number(params.get('__chunks')) && !res.destroyed; i++) {
      res.write(`chunk ${i}\n`)
      await delay(Number(params.get('__interval')) || 0)
    }
    res.end()
    return
  }
  const cut = params.has('__cut') ? Number(params.get('__cut')) : null
  const total = cut === null ? Number(params.get('__bytes')) : cut + 1024
  res.writeHead(status, { 'content-type': 'application/octet-stream', 'content-length': total })
  const block = Buffer.alloc(65_536, 'x')
  for (let left = cut ?? total; left > 0 && !res.destroyed; left -= block.length) {
    if (!res.write(left < block.length ? block.subarray(0, left) : block)) await new Promise<void>((resolve) => res.once('drain', resolve).once('close', resolve))
  }
  // Gives what was written time to leave before the connection breaks.
  if (cut !== null) setTimeout(() => res.destroy(), 50)
  else res.end()
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of req as AsyncIterable<Buffer>) text += chunk.toString('utf8')
  return text
}

function json(res: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
  res.end(body)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, secret: { type: 'string', multiple: true, default: [] }, data: { type: 'string' } } })
  const api = await startTwitterApi({ port: Number(values.port), secrets: values.secret, dataDir: values.data })
  process.stdout.write(`Twitter stand-in listening on ${api.url}\n`)
  const end = () => void api.close().then(() => process.exit(0))
  process.once('SIGTERM', end)
  if (process.connected) {
    // Ctrl-C reaches the whole group; the gateway in front of us still has calls to end. Our parent ends us, or dies.
    process.on('SIGINT', () => {})
    process.once('disconnect', end)
  } else process.once('SIGINT', end)
}
