import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { cert, key } from '@/lib/http/upstream/certificate.fixture'
import type { UpstreamRequest } from '@/lib/http/upstream/upstream-exchange'
import { UpstreamPool } from '@/lib/http/upstream/upstream-pool'
import type { UpstreamPoolOptions } from '@/lib/http/upstream/upstream-pool'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const policy = { allow: [{ network: '127.0.0.0/8', port: null }], ownPorts: () => new Set<number>(), ownAddresses: () => new Set<string>(), isOwnHost: () => false, resolve: async () => [] } satisfies UpstreamPoolOptions['policy']

async function open(handle: ((request: IncomingMessage, response: ServerResponse) => void) | ((socket: Socket) => void), { raw = false, ...options }: Partial<UpstreamPoolOptions> & { raw?: boolean } = {}) {
  const sockets = new Set<Socket>()
  const server = raw ? createTcpServer(handle as (socket: Socket) => void) : createHttpServer(handle as (request: IncomingMessage, response: ServerResponse) => void)
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const pool = new UpstreamPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connectTimeoutMs: 20_000, firstByteTimeoutMs: 20_000, idleTimeoutMs: 20_000, connectionsMax: 10, policy, ...options })
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  }, () => pool.destroy())
  return { pool, sockets, connections: () => connections }
}

type Outcome = { status: number; body: string; error: string | null; started: boolean; controller: Dispatcher.DispatchController | null }

function ask(pool: UpstreamPool, request: Partial<UpstreamRequest> = {}, onData?: (controller: Dispatcher.DispatchController) => void): Promise<Outcome> & { outcome: Outcome; exchange: Dispatcher.DispatchController } {
  const outcome: Outcome = { status: 0, body: '', error: null, started: false, controller: null }
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const exchange = pool.dispatch(
    { method: 'GET', path: '/', headers: ['Host', 'upstream'], body: null, ...request },
    {
      onRequestStart: (controller) => Object.assign(outcome, { started: true, controller }),
      onResponseStart: (_, status) => (outcome.status = status),
      onResponseData: (controller, chunk) => {
        outcome.body += chunk.toString('latin1')
        onData?.(controller)
      },
      onResponseEnd: () => resolve(outcome),
      onResponseError: (_, error) => {
        outcome.error = (error as { code?: string }).code ?? error.name
        resolve(outcome)
      },
    },
  )
  return Object.assign(promise, { outcome, exchange })
}

const echo = async (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  response.end(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`)
}

describe('UpstreamPool', () => {
  it('one call after another shares a connection; calls at once have their own, up to the bound', async () => {
    const { pool, connections } = await open((_, response) => void setTimeout(() => response.end('ok'), 5), { connectionsMax: 4 })
    for (let i = 0; i < 3; i++) expect(await ask(pool)).toMatchObject({ status: 200, body: 'ok' })
    expect(connections()).toBe(1)
    const all = await Promise.all(Array.from({ length: 20 }, () => ask(pool)))
    expect(all.every(({ body }) => body === 'ok')).toBe(true)
    expect(connections()).toBe(4)
  })

  it.each([
    ['a buffer', () => Buffer.from('hello'), null],
    ['a stream of known length', () => Readable.from([Buffer.from('hel'), Buffer.from('lo')], { objectMode: false }), 5],
    ['a stream of unknown length', () => Readable.from([Buffer.from('hel'), Buffer.from('lo')], { objectMode: false }), null],
    ['pieces of unknown length', async function* () { yield Buffer.from('hel'); yield Buffer.from('lo') }, null],
  ])('sends %s', async (_, body, length) => {
    const { pool } = await open(echo)
    const { body: seen } = await ask(pool, { method: 'POST', path: '/a?b', headers: ['Host', 'up', ...(length === null ? [] : ['Content-Length', String(length)])], body: body() })
    expect(seen).toMatch(/^POST \/a\?b .* hello$/)
    expect(seen).toContain('"host":"up"')
  })

  it('a body that is not as long as announced is an error, and nothing complete arrives', async () => {
    let arrived = false
    const { pool } = await open((request: IncomingMessage) => void request.on('end', () => (arrived = true)).resume())
    for (const given of ['too long for that', 'x']) {
      const body = Readable.from([Buffer.from(given)], { objectMode: false })
      expect(await ask(pool, { method: 'POST', headers: ['Host', 'up', 'Content-Length', '5'], body })).toMatchObject({ error: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' })
    }
    await sleep(20)
    expect(arrived).toBe(false)
  })

  it.each<[string, Partial<UpstreamRequest>]>([
    ['a line break in a header', { headers: ['Host', 'up', 'X-A', 'b\r\nX-B: c'] }],
    ['a name that is none', { headers: ['Host', 'up', 'X A', 'b'] }],
    ['a space in the path', { path: '/a b' }],
    ['a line break in the path', { path: '/a\r\nX: y' }],
    ['a method that is none', { method: 'GET /' }],
  ])('GW-10 refuses to write %s', async (_, request) => {
    const { pool, connections } = await open(echo)
    expect(() => ask(pool, request)).toThrow(expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }))
    expect(connections()).toBe(0)
  })

  it('silence before the head, in the middle of the body, and of a server that just hangs up', async () => {
    const { pool } = await open((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'content-length': 9 }).write('half')
      if (request.url === '/gone') request.socket.destroy()
    }, { firstByteTimeoutMs: 1_000, idleTimeoutMs: 300 })
    expect(await ask(pool)).toMatchObject({ error: 'UND_ERR_HEADERS_TIMEOUT', started: true })
    expect(await ask(pool, { path: '/body' })).toMatchObject({ error: 'UND_ERR_BODY_TIMEOUT', body: 'half' })
    expect((await ask(pool, { path: '/gone' })).error).toMatch(/UND_ERR_SOCKET|ECONNRESET/)
  })

  it('a reader that pauses is waited for beyond the time an upstream has', async () => {
    const { pool } = await open((_, response) => {
      response.writeHead(200, { 'content-length': 6 }).write('abc')
      setTimeout(() => response.end('def'), 50)
    }, { idleTimeoutMs: 400 })
    let paused = 0
    const answer = ask(pool, {}, (controller) => {
      if (paused++ > 0) return
      controller.pause()
      setTimeout(() => controller.resume(), 1_000)
    })
    expect(await answer).toMatchObject({ body: 'abcdef', error: null })
  })

  it('whoever gives up ends the connection; what is told to go on afterwards touches nobody else', async () => {
    const { pool, connections } = await open((request, response) => void (request.url === '/slow' || response.end('ok')))
    const slow = ask(pool, { path: '/slow' })
    while (!slow.outcome.controller) await sleep(5)
    slow.outcome.controller.abort(new Error('enough'))
    expect((await slow).error).toBe('Error')
    expect(await ask(pool)).toMatchObject({ body: 'ok' })
    slow.outcome.controller.abort(new Error('again'))
    slow.outcome.controller.pause()
    expect(await ask(pool)).toMatchObject({ body: 'ok' })
    expect(connections()).toBe(2)
  })

  it('what an upstream sends unasked, or after its answer, is nobody’s answer', async () => {
    const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
    const { pool, connections } = await open((socket: Socket) => void socket.on('data', (asked) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${asked.includes('/twice') ? poison : ''}`)), { raw: true })
    expect(await ask(pool, { path: '/twice' })).toMatchObject({ body: 'ok' })
    expect(await ask(pool)).toMatchObject({ body: 'ok' })
    expect(connections()).toBe(2)
  })

  it('an answer before the end of the question is passed on, and the connection not used again', async () => {
    const { pool, connections } = await open((socket: Socket) => void socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')), { raw: true })
    const body = new Readable({ read() {} })
    body.push(Buffer.alloc(10))
    expect(await ask(pool, { method: 'POST', headers: ['Host', 'up', 'Content-Length', '100'], body })).toMatchObject({ status: 413, body: 'no', error: null })
    expect(await ask(pool)).toMatchObject({ status: 413 })
    expect(connections()).toBe(2)
  })

  it('the body that a server sends after the head of a HEAD is no answer to the next caller', async () => {
    const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
    const { pool, connections } = await open((socket: Socket) => void socket.on('data', (asked) => {
      if (!asked.includes('HEAD')) return socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${poison.length}\r\n\r\n`)
      setTimeout(() => socket.write(poison), 1)
    }), { raw: true })
    for (let i = 0; i < 5; i++) {
      await ask(pool, { method: 'HEAD' })
      expect(await ask(pool)).toMatchObject({ status: 200, body: 'ok' })
    }
    expect(connections()).toBeGreaterThan(1)
  })

  it('whoever gives up before there is a connection waits no more: nothing is held for it, and no connection is spent on it', async () => {
    const { pool, connections } = await open((request, response) => void (request.url === '/slow' ? setTimeout(() => response.end('ok'), 100) : response.end('ok')), { connectionsMax: 1 })
    const slow = ask(pool, { path: '/slow' })
    const waiting = Array.from({ length: 50 }, () => {
      const answer = ask(pool)
      answer.exchange.abort(new Error('enough'))
      answer.exchange.abort(new Error('twice'))
      return answer
    })
    for (const answer of waiting) expect(await answer).toMatchObject({ error: 'Error', started: false })
    expect(slow.outcome.status).toBe(0)
    const last = ask(pool)
    expect(await slow).toMatchObject({ body: 'ok' })
    expect(await last).toMatchObject({ body: 'ok' })
    expect(connections()).toBe(1)
  })

  it('a long upload in pieces leaves no listeners on its connection', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => void warnings.push(warning)
    process.on('warning', note)
    closers.push(() => process.off('warning', note))
    const { pool } = await open(async (request: IncomingMessage, response: ServerResponse) => {
      for await (const _ of request) await sleep(1)
      response.end('ok')
    })
    const body = async function* () { for (let i = 0; i < 40; i++) yield Buffer.alloc(512 * 1024) }
    expect(await ask(pool, { method: 'POST', body: body() })).toMatchObject({ body: 'ok' })
    await sleep(5)
    expect(warnings).toEqual([])
  })

  it('whoever breaks while he is told something ends his own connection and nothing else', async () => {
    const { pool } = await open((socket: Socket) => void socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end')), { raw: true })
    const told: string[] = []
    const broken = (what: string, isBroken = true) => () => {
      told.push(what)
      if (isBroken) throw new Error(`broken at ${what}`)
    }
    for (const method of ['onResponseEnd', 'onResponseData', 'onResponseStart', 'onRequestStart'] as const) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const handler = { onRequestStart: () => {}, onResponseStart: () => {}, onResponseData: () => {}, onResponseEnd: () => {}, onResponseError: () => (resolve(), broken('error')()), [method]: () => (method === 'onResponseEnd' && resolve(), broken(method)()) }
      pool.dispatch({ method: 'GET', path: '/', headers: ['Host', 'up'], body: null }, handler)
      await promise
      await sleep(5)
    }
    expect(told).toEqual(['onResponseEnd', 'onResponseData', 'error', 'onResponseStart', 'error', 'onRequestStart', 'error'])
    expect(await ask(pool)).toMatchObject({ body: 'until the end' })
  })

  it('lets go of an idle connection before the server does', async () => {
    const { pool, sockets } = await open((socket: Socket) => void socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 0\r\n\r\n')), { raw: true })
    await ask(pool)
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('close waits for what runs; later calls are refused', async () => {
    const { pool } = await open((_, response) => void setTimeout(() => response.end('ok'), 50))
    const running = ask(pool)
    while (!running.outcome.controller) await sleep(2)
    await pool.close()
    expect(running.outcome.body).toBe('ok')
    expect(await ask(pool)).toMatchObject({ error: 'UND_ERR_CLOSED', started: false })
  })

  it('over TLS: the same reading, the name is checked, and a certificate of nobody is refused', async () => {
    const large = 'x'.repeat(300_000)
    const server = createTlsServer({ key, cert }, (request, response) => void response.end(request.url === '/huge' ? Buffer.alloc(20_000_000, 'x') : large))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const openPool = (servername: string, ca?: string) => {
      const pool = new UpstreamPool(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, { connectTimeoutMs: 20_000, firstByteTimeoutMs: 20_000, idleTimeoutMs: 20_000, connectionsMax: 2, policy, servername, tls: { ca } })
      closers.push(() => pool.destroy())
      return pool
    }
    closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
    const pool = openPool('upstream.test', cert)
    for (let i = 0; i < 2; i++) expect((await ask(pool)).body === large).toBe(true)
    // A reader that waits holds back what is encrypted as well.
    let seen = -1
    const held = ask(pool, { path: '/huge' }, (controller) => {
      if (seen !== -1) return
      seen = 0
      controller.pause()
      setTimeout(() => {
        seen = held.outcome.body.length
        controller.resume()
      }, 200)
    })
    expect((await held).body.length).toBe(20_000_000)
    expect(seen).toBeLessThan(256 * 1024)
    expect((await ask(openPool('elsewhere.test', cert))).error).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect((await ask(openPool('upstream.test'))).error).toMatch(/SELF_SIGNED|CERT/)
  })

  it('EG-3 goes nowhere the installation does not open', async () => {
    const pool = new UpstreamPool('http://127.0.0.1:9', { connectTimeoutMs: 500, firstByteTimeoutMs: 500, idleTimeoutMs: 500, connectionsMax: 1, policy: { ...policy, allow: [] } })
    expect(await ask(pool)).toMatchObject({ error: 'address_not_allowed', started: false })
    await pool.close()
  })
})
