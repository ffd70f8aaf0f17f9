import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createFrontDoor, type FrontDoor, type FrontDoorOptions, type RequestFacts } from '@/lib/http/front-door/front-door'
import { AppError } from '@/lib/errors'
import type { HostFacts } from '@/lib/zones/resolve-host'

const hosts: Record<string, HostFacts> = {
  localhost: { zone: 'site', host: 'localhost' },
  '127.0.0.1': { zone: 'bare-ip', host: '127.0.0.1' },
  'acme.admin.localhost': { zone: 'admin', host: 'acme.admin.localhost', tenantId: 1n },
  'acme.portal.localhost': { zone: 'portal', host: 'acme.portal.localhost', tenantId: 1n },
  'twitter-acme.gw.localhost': { zone: 'gateway', host: 'twitter-acme.gw.localhost' },
}
const GATEWAY = 'twitter-acme.gw.localhost'
const doors: FrontDoor[] = []
// Not a public entry of Next, so there are no types for it.
const nextStreams: string = 'next/dist/server/body-streams.js'

afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.drain(0)))
})

describe('what is malformed ends at the door', () => {
  it.each([
    ['length with transfer-encoding', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a repeated length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc'],
    ['two different lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc'],
    ['a listed length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3, 3\r\n\r\nabc'],
    ['a signed length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +3\r\n\r\nabc'],
    ['gzip before chunked', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['identity', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\n'],
    ['xchunked', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['chunked twice', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['transfer-encoding on HTTP/1.0', 'POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n b\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A : a\r\n\r\n'],
    ['NUL in a value', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n'],
    ['a bare CR', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\rb\r\n\r\n'],
    ['a bare LF', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\nX-B: b\r\n\r\n'],
    ['LF line ends', 'GET / HTTP/1.1\nHost: localhost\n\n'],
    ['no host', 'GET / HTTP/1.1\r\nX-A: a\r\n\r\n'],
    ['no host on HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['an empty host', 'GET / HTTP/1.1\r\nHost: \r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n'],
    ['an absolute target', 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a //host target', 'GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an asterisk target', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a half escape', 'GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a cut escape', 'GET /a%2 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a half escape in the query', 'GET /?a=%q1 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['%00', 'GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an encoded dot segment', 'GET /a/%2e%2e/b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a half encoded dot segment', 'GET /a/.%2E HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an encoded dot segment before the query', 'GET /%2e?x HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a backslash', 'GET /a\\b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a byte above ASCII', 'GET /\xe9 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/1.2\r\nHost: localhost\r\n\r\n'],
    ['a broken chunk', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['no HTTP at all', 'hello there\r\n\r\n'],
  ])('HTTP-2 400 and close: %s', async (_, bytes) => {
    const door = await open({ handle: readAll })
    const answer = await send(door, bytes)
    expect(answer.status).toBe(400)
    expect(answer.closed).toBe(true)
    expect(answer.headers).toMatch(/\r\nconnection: close\r\n/)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: expect.stringMatching(/^bad_(request|host)$/), message: expect.any(String) }, request_id: expect.stringMatching(/^\w{22}$/) })
  })

  it.each(['/', '/a//b', '/a/./b/../c', '/a%2Fb', '/file%2ejson', '/a?b=c\\d&e=%2e%2e/', '/%E2%82%AC?q=%20'])('HTTP-2 lets %s pass as it is', async (target) => {
    const door = await open({ handle: (request, response) => void response.end(request.url) })
    expect((await send(door, get(target))).body).toBe(target)
  })

  it.each(['TRACE', 'TRACK', 'CONNECT'])('HTTP-2 405 with Allow: %s', async (method) => {
    const door = await open()
    const answer = await send(door, `${method} ${method === 'CONNECT' ? 'a:1' : '/'} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    expect(answer.status).toBe(405)
    expect(answer.headers).toMatch(/\r\nallow: get, head, /)
    expect(answer.closed).toBe(true)
  })

  it('HTTP-2 a request to upgrade is served as plain HTTP, also when somebody listens for upgrades', async () => {
    const door = await open({ handle: (_, response) => void response.end('plain') })
    door.server.on('upgrade', (_, socket) => socket.destroy())
    const answer = await send(door, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(answer.body).toBe('plain')
  })

  it('HTTP-2 what follows a refused request on the same socket is not served', async () => {
    let served = 0
    const door = await open({ handle: (_, response) => void (served++, response.end()) })
    await send(door, `GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n${get('/')}`)
    await send(door, `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${get('/')}`)
    expect(served).toBe(0)
  })
})

describe('what is too much ends at the door', () => {
  it('HTTP-1 a target of more than 8 KB gets 414, one of 8 KB passes', async () => {
    const door = await open()
    expect((await send(door, get(`/${'a'.repeat(8 * 1024)}`))).status).toBe(414)
    expect((await send(door, get(`/${'a'.repeat(60_000)}`))).status).toBe(414)
    expect((await send(door, get(`/${'a'.repeat(8 * 1024 - 1)}`))).status).toBe(200)
  })

  it('HTTP-1 header fields of more than 16 KB get 431', async () => {
    const door = await open()
    expect((await send(door, get('/', { 'X-A': 'a'.repeat(17_000) }))).status).toBe(431)
    expect((await send(door, get('/', { 'X-A': 'a'.repeat(60_000) }))).status).toBe(431)
    expect((await send(door, get('/', { 'X-A': 'a'.repeat(15_000) }))).status).toBe(200)
  })

  it('HTTP-1 more than 100 header fields get 431, hidden ones included', async () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, 'a']))
    const door = await open()
    expect((await send(door, get('/', fields(99)))).status).toBe(200)
    expect((await send(door, get('/', fields(100)))).status).toBe(431)
  })

  it('HTTP-1 headers that do not arrive end in 408', async () => {
    const door = await open({ timing: { headersMs: 100, checkMs: 20 } })
    expect((await send(door, 'GET / HTTP/1.1\r\nHost: loc')).status).toBe(408)
  })

  it('HTTP-1 a body that does not arrive in time ends in 408, and its reader is told', async () => {
    let aborted = false
    const door = await open({
      timing: { bodyMs: 100, checkMs: 20, lingerMs: 50 },
      handle: (request) => void request.on('error', () => (aborted = true)).resume(),
    })
    const answer = await send(door, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab')
    expect(answer.status).toBe(408)
    await until(() => aborted)
  })

  it('HTTP-1 on the gateway a slow body may go on as long as bytes come, and ends when none do', async () => {
    const patient = await open({ timing: { bodyMs: 50, gatewayBodyIdleMs: 20_000, checkMs: 20 }, handle: readAll })
    const steady = connect(portOf(patient), '127.0.0.1')
    let text = ''
    steady.on('data', (chunk: Buffer) => (text += chunk.toString()))
    steady.write(`POST / HTTP/1.1\r\nHost: ${GATEWAY}\r\nContent-Length: 4\r\n\r\n`)
    for (const byte of 'abcd') {
      await sleep(100)
      steady.write(byte)
    }
    await until(() => text.includes('4 bytes'))
    steady.destroy()
    const door = await open({ timing: { bodyMs: 50, gatewayBodyIdleMs: 300, checkMs: 20 }, handle: readAll })
    expect((await send(door, `POST / HTTP/1.1\r\nHost: ${GATEWAY}\r\nContent-Length: 6\r\n\r\nabc`)).status).toBe(408)
  })

  it('HTTP-1 a socket is closed after its thousandth answer, and none of a thousand is lost', async () => {
    const door = await open()
    const socket = connect(portOf(door), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const closed = once(socket, 'close')
    for (let i = 0; i < 10; i++) socket.write(get('/').repeat(101))
    await closed
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1000)
    expect(text.match(/HTTP\/1\.1 (?!200)/g)).toBeNull()
  })

  it('HTTP-1 one address may hold only so many sockets; others do not notice', async () => {
    const door = await open({ countLoopback: true, socketsPerAddressMax: 3 })
    const held = await Promise.all(Array.from({ length: 3 }, () => hold(door)))
    const over = connect(portOf(door), '127.0.0.1')
    over.on('error', () => {})
    await once(over, 'close')
    const other = connect({ port: portOf(door), host: '127.0.0.1', localAddress: '127.0.0.2' })
    other.write(get('/'))
    expect(String((await once(other, 'data'))[0])).toMatch(/^HTTP\/1.1 200/)
    for (const socket of [...held, other]) socket.destroy()
    await until(async () => (await send(door, get('/')).catch(() => ({ status: 0 }))).status === 200)
  })

  it('HTTP-1 by default an address holds 100 sockets on our pages and more on the gateway', async () => {
    const door = await open({ countLoopback: true })
    const held = await Promise.all(Array.from({ length: 100 }, () => hold(door)))
    expect((await send(door, get('/'))).status).toBe(503)
    expect((await send(door, get('/', {}, GATEWAY))).status).toBe(200)
    for (const socket of held) socket.destroy()
    await until(async () => (await send(door, get('/'))).status === 200)
  })

  it('HTTP-1 loopback and trusted proxies are not counted', async () => {
    const door = await open({ socketsPerAddressMax: 1 })
    const held = await Promise.all(Array.from({ length: 5 }, () => hold(door)))
    const trusting = await open({ countLoopback: true, socketsPerAddressMax: 1, trustedProxies: ['127.0.0.0/8'] })
    held.push(...(await Promise.all(Array.from({ length: 5 }, () => hold(trusting)))))
    for (const socket of held) socket.destroy()
  })
})

describe('bodies', () => {
  const post = (path: string, type: string, length: number, host = 'acme.admin.localhost') => `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${'a'.repeat(length)}`
  const chunked = (path: string, type: string, length: number, host = 'acme.admin.localhost') =>
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${'a'.repeat(0x10000)}\r\n`.repeat(length / 0x10000)}0\r\n\r\n`
  const MB = 1024 * 1024

  it.each([
    ['JSON', '/admin/api/x', 'application/json', MB],
    ['forms', '/plans', 'application/x-www-form-urlencoded', 2 * MB],
    ['multipart forms', '/plans', 'multipart/form-data; boundary=x', 2 * MB],
    ['anything else', '/plans', 'text/plain', MB],
    ['what only its query calls an import', '/plans?return_to=/import', 'application/json', MB],
    ['files of the portal', '/portal/content/files', 'multipart/form-data; boundary=x', 21 * MB],
    ['documents to import', '/admin/api/products/1/import', 'application/json', 10 * MB],
    ['documents of ActiveDocs', '/products/1/activedocs/new', 'multipart/form-data; boundary=x', 12 * MB],
    ['calls tried in the documentation', '/docs/twitter/try', 'application/json', 3 * MB],
  ])('HTTP-5 %s: the ceiling passes, more gets 413, announced or counted on the stream', async (_, path, type, most) => {
    const door = await open({ handle: readAll })
    expect((await send(door, post(path, type, most))).body).toBe(`${most} bytes`)
    expect((await send(door, chunked(path, type, most))).body).toBe(`${most} bytes`)
    const announced = await send(door, post(path, type, most + 1))
    expect(announced).toMatchObject({ status: 413, closed: true })
    const counted = await send(door, chunked(path, type, most + 0x10000))
    expect(counted).toMatchObject({ status: 413, closed: true })
    expect(JSON.parse(counted.body)).toMatchObject({ error: { code: 'payload_too_large' } })
  })

  it('HTTP-5 the reader of a body that is too long never sees its end', async () => {
    const seen: string[] = []
    const door = await open({
      timing: { lingerMs: 50 },
      handle: (request, response) => {
        request.on('data', () => {}).on('end', () => seen.push('end'))
        request.on('error', () => seen.push('error'))
        response.on('close', () => seen.push('close'))
      },
    })
    await send(door, chunked('/', 'application/json', 2 * MB))
    await until(() => seen.includes('error'))
    expect(seen).toContain('close')
    expect(seen).not.toContain('end')
  })

  it('HTTP-5 a handler that answers after the ceiling was hit does no harm', async () => {
    const door = await open({
      timing: { lingerMs: 50 },
      handle: async (request, response) => {
        request.on('error', () => {}).resume()
        await once(response, 'close')
        response.writeHead(200)
        response.write('late')
        response.end()
      },
    })
    expect((await send(door, chunked('/', 'application/json', 2 * MB))).status).toBe(413)
    expect((await send(door, get('/'), { abandonMs: 50 })).body).toBe('')
  })

  it('PLAT-7 whoever hangs up while Next has the request in hand does not end the process', async () => {
    const { getCloneableBody } = (await import(nextStreams)) as { getCloneableBody(request: IncomingMessage): { cloneBodyStream(): unknown; finalize(): Promise<void> } }
    const hungUp: string[] = []
    const door = await open({
      async handle(request) {
        // What Next does around its middleware: the request becomes another stream, listeners and all.
        const body = getCloneableBody(request)
        body.cloneBodyStream()
        request.resume()
        await body.finalize()
        request.once('close', () => hungUp.push(request.url ?? ''))
        request.socket.resetAndDestroy()
      },
    })
    for (const path of ['/one', '/two']) await send(door, `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc`)
    // An error without a listener fails this run; and the door still answers.
    await until(() => hungUp.length === 2)
  })

  it('HTTP-5 compressed bodies get 415 on our pages and pass on the gateway', async () => {
    const door = await open({ handle: readAll })
    const zipped = gzipSync('hello').toString('latin1')
    const bytes = (host: string) => `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n${zipped}`
    expect((await send(door, bytes('acme.admin.localhost'))).status).toBe(415)
    expect((await send(door, bytes(GATEWAY))).body).toBe(`${zipped.length} bytes`)
  })

  it('HTTP-5 the gateway has its own ceilings: 12 MB pass whole here', async () => {
    const door = await open({ handle: readAll })
    expect((await send(door, chunked('/', 'application/json', 12 * MB, GATEWAY))).body).toBe(`${12 * MB} bytes`)
  })

  it('a client that asks before it sends is told to go on, or not', async () => {
    const door = await open({ handle: readAll })
    const ask = (length: number) => `POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`
    const socket = connect(portOf(door), '127.0.0.1')
    socket.write(ask(2))
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100/)
    socket.write('ab')
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200/)
    socket.destroy()
    expect((await send(door, ask(3 * MB))).status).toBe(413)
  })
})

describe('who is calling, and what is believed', () => {
  const seen = async (options: Partial<FrontDoorOptions>, headers: Record<string, string>, host = 'acme.admin.localhost') => {
    const door = await open({ ...options, handle: (request, response, facts) => void response.end(JSON.stringify({ headers: request.headers, facts }, (_, value) => (typeof value === 'bigint' ? Number(value) : value))) })
    return JSON.parse((await send(door, get('/', headers, host))).body) as { headers: Record<string, string>; facts: RequestFacts }
  }

  it('HTTP-3 X-Forwarded-For is believed from trusted proxies only, from the right', async () => {
    expect((await seen({}, { 'X-Forwarded-For': '8.8.8.8' })).facts.clientAddress).toBe('127.0.0.1')
    const trusting = { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] }
    expect((await seen(trusting, {})).facts.clientAddress).toBe('127.0.0.1')
    expect((await seen(trusting, { 'X-Forwarded-For': '8.8.8.8' })).facts.clientAddress).toBe('8.8.8.8')
    expect((await seen(trusting, { 'X-Forwarded-For': '1.1.1.1, 8.8.8.8, 10.1.1.1' })).facts.clientAddress).toBe('8.8.8.8')
    expect((await seen(trusting, { 'X-Forwarded-For': '1.1.1.1, nonsense, 10.1.1.1' })).facts.clientAddress).toBe('10.1.1.1')
    expect((await seen(trusting, { 'X-Forwarded-For': '::ffff:9.9.9.9, 10.1.1.1' })).facts.clientAddress).toBe('9.9.9.9')
  })

  it('HTTP-4 routing headers of a client do not come through, and ours say the truth', async () => {
    const { headers, facts } = await seen(
      {},
      {
        'X-Middleware-Subrequest': 'middleware', 'X-Middleware-Rewrite': '/zone/admin/beta', 'X-Invoke-Path': '/zone', 'X-Matched-Path': '/zone', 'X-Now-Route-Matches': '1', 'X-Gh-Path': '/', 'X-Nonce': 'a',
        'X-Forwarded-For': '1.2.3.4', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '1', Forwarded: 'for=1.2.3.4', 'X-Real-Ip': '1.2.3.4', 'X-Request-Id': 'mine',
        'Content-Security-Policy': "script-src 'nonce-evil'", Rsc: '1', 'Next-Router-State-Tree': 'x', 'X-Nextjs-Data': '1', 'X-Custom': 'kept',
      },
    )
    expect(headers).toEqual({
      host: 'acme.admin.localhost', rsc: '1', 'next-router-state-tree': 'x', 'x-nextjs-data': '1', 'x-custom': 'kept',
      'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'acme.admin.localhost', 'x-forwarded-proto': 'http', 'x-request-id': facts.requestId,
    })
  })

  it('ZONE-2 X-Forwarded-Host is believed from trusted proxies only', async () => {
    expect((await seen({}, { 'X-Forwarded-Host': 'acme.portal.localhost' })).facts.zone.zone).toBe('admin')
    const told = await seen({ trustedProxies: ['127.0.0.1'] }, { 'X-Forwarded-Host': 'acme.portal.localhost' })
    expect(told.facts.zone.zone).toBe('portal')
    expect(told.headers.host).toBe('acme.portal.localhost')
  })

  it.each(['a@b', 'localhost/x', 'localhost, localhost', 'local host', 'localhost:abc', 'a.'.repeat(4_000) + 'localhost'])('ZONE-2 400 for Host: %s', async (host) => {
    const door = await open()
    expect((await send(door, get('/', {}, host))).status).toBe(400)
  })

  it('ZONE-2 nobody\'s host gets 404 with a fixed text, no redirect, no cookie, not stored', async () => {
    const door = await open()
    const answer = await send(door, get('/', {}, 'beta.admin.localhost'))
    expect(answer.status).toBe(404)
    expect(answer.headers).toMatch(/\r\ncache-control: no-store\r\n/)
    expect(answer.headers).not.toMatch(/\n(location|set-cookie):/i)
    expect(JSON.parse(answer.body).error).toEqual({ code: 'unknown_host', message: 'Nothing lives at this address.' })
  })

  it('ZONE-2 case, port and one trailing dot do not matter', async () => {
    for (const host of ['ACME.admin.LOCALHOST:3000', 'acme.admin.localhost.', 'acme.admin.localhost.:1']) expect((await seen({}, {}, host)).facts).toMatchObject({ host: 'acme.admin.localhost', hostHeader: host })
  })

  it('a host table that cannot be read is answered with 503 and Retry-After', async () => {
    const door = await open({ resolve: () => Promise.reject(new AppError('unavailable', { retryAfterSeconds: 5 })) })
    const answer = await send(door, get('/'))
    expect(answer.status).toBe(503)
    expect(answer.headers).toMatch(/\r\nretry-after: 5\r\n/)
  })
})

describe('answers', () => {
  const answerOf = async (handle: FrontDoorOptions['handle'], headers: Record<string, string> = {}, host = 'acme.admin.localhost', scheme: 'http' | 'https' = 'http', path = '/') => send(await open({ handle, scheme }), get(path, headers, host))

  it('HTTP-6 carry the security headers, whichever way they were written', async () => {
    for (const handle of [
      (_: IncomingMessage, response: ServerResponse) => void response.end('x'),
      (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/plain', 'x-middleware-rewrite': '/zone/x' }).end('x'),
      (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200, 'Fine', { 'content-type': 'text/plain' }).end('x'),
      (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200, ['content-type', 'text/plain']).end('x'),
    ]) {
      const { headers, status } = await answerOf(handle)
      expect(status).toBe(200)
      for (const name of ['x-content-type-options: nosniff', 'referrer-policy: strict-origin-when-cross-origin', 'cross-origin-opener-policy: same-origin', 'permissions-policy: ', 'x-request-id: ']) expect(headers).toContain(`\r\n${name}`)
      expect(headers).not.toMatch(/strict-transport|x-middleware/)
    }
    expect((await answerOf((_, response) => void response.end(), {}, 'localhost', 'https')).headers).toMatch(/strict-transport-security: max-age=31536000/)
  })

  it('HTTP-6 what was made for somebody is not stored', async () => {
    expect((await answerOf((_, response) => void response.setHeader('set-cookie', 'a=b').setHeader('cache-control', 'public, max-age=60').end())).headers).toMatch(/cache-control: private, no-store/)
    for (const cookie of ['adm.1.s=x', 'a=b; __Host-prt.2.s=x']) expect((await answerOf((_, response) => void response.end(), { Cookie: cookie })).headers).toMatch(/cache-control: private, no-store/)
    expect((await answerOf((_, response) => void response.end(), { Cookie: 'theme=dark' })).headers).not.toMatch(/cache-control/)
    expect((await answerOf((_, response) => void response.setHeader('cache-control', 'public, immutable').end(), { Cookie: 'adm.1.s=x' }, 'acme.admin.localhost', 'http', '/_next/static/a.js')).headers).toMatch(/cache-control: public, immutable/)
  })

  it('HTTP-6 public portal pages vary by host and cookie', async () => {
    expect((await answerOf((_, response) => void response.setHeader('content-type', 'text/html; charset=utf-8').end(), {}, 'acme.portal.localhost')).headers).toMatch(/vary: Host, Cookie/i)
  })

  it('HTTP-6 gateway answers are the upstream\'s: nothing is added', async () => {
    const { headers } = await answerOf((_, response) => void response.end('x'), {}, GATEWAY)
    expect(headers).not.toMatch(/nosniff|referrer|x-request-id/)
  })

  it('HTTP-7 an error of ours says a code, a short text and a request id, and nothing of the error', async () => {
    const secret = 'SELECT * FROM "Member" at /srv/app/lib/x.ts:3'
    for (const handle of [
      () => {
        throw new Error(secret)
      },
      async () => Promise.reject(new Error(secret)),
    ]) {
      const answer = await answerOf(handle)
      expect(answer.status).toBe(500)
      expect(JSON.parse(answer.body)).toEqual({ error: { code: 'internal_error', message: 'Something broke on our side. It has been logged.' }, request_id: expect.stringMatching(/^\w{22}$/) })
      expect(answer.headers + answer.body).not.toMatch(/SELECT|srv|node|next/i)
    }
  })

  it('PLAT-7 a failure after the head was sent cuts the connection, so that it does not look complete', async () => {
    const door = await open({
      handle: async (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half')
        await sleep(20)
        throw new Error('upstream is gone')
      },
    })
    const answer = await send(door, get('/'))
    expect(answer.body).toBe('half')
    expect(answer.closed).toBe(true)
  })
})

it('REL-2 draining lets a running request finish, takes no new one and closes idle connections', async () => {
  let finish: (() => void) | undefined
  const door = await open({
    handle: async (request, response) => {
      if (request.url === '/slow') await new Promise<void>((resolve) => (finish = resolve))
      response.end('done')
    },
  })
  const idle = await hold(door)
  const idleClosed = once(idle, 'close')
  const running = send(door, get('/slow', { Connection: 'keep-alive' }))
  await until(() => finish !== undefined)
  const port = portOf(door)
  const drained = door.drain(10_000)
  await idleClosed
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow(/ECONNREFUSED/)
  finish!()
  expect((await running).body).toBe('done')
  await drained
})

it('REL-2 what does not finish by the deadline is cut', async () => {
  const door = await open({ handle: () => {} })
  const running = send(door, get('/'))
  await sleep(30)
  await door.drain(50)
  expect((await running).closed).toBe(true)
})

async function open(options: Partial<FrontDoorOptions> = {}): Promise<FrontDoor> {
  const door = createFrontDoor({
    resolve: (host) => hosts[host] ?? null,
    handle: (_, response) => void response.end('ok'),
    scheme: 'http',
    trustedProxies: [],
    ...options,
  })
  doors.push(door)
  door.server.listen(0, '127.0.0.1')
  await once(door.server, 'listening')
  return door
}

function portOf(door: FrontDoor): number {
  return (door.server.address() as AddressInfo).port
}

function get(target: string, headers: Record<string, string> = {}, host = 'localhost'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`
}

function readAll(request: IncomingMessage, response: ServerResponse): void {
  let length = 0
  request.on('error', () => {})
  request.on('data', (chunk: Buffer) => (length += chunk.length)).on('end', () => response.end(`${length} bytes`))
}

type Answer = { status: number; headers: string; body: string; closed: boolean }

/** Writes bytes as they are and reads one answer, to its length or to the end of the connection. */
function send(door: FrontDoor, bytes: string, { abandonMs = 30_000 } = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(portOf(door), '127.0.0.1')
    let text = ''
    const finish = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      const at = text.indexOf('\r\n\r\n')
      const head = at < 0 ? text : text.slice(0, at + 2)
      const body = at < 0 ? '' : text.slice(at + 4)
      const chunked = /transfer-encoding: chunked/i.test(head)
      resolve({ status: Number(head.slice(9, 12)), headers: head.toLowerCase(), body: chunked ? body.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '').replace(/\r\n$/, '') : body, closed })
    }
    const timer = setTimeout(() => finish(false), abandonMs)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const [, length] = /\r\ncontent-length: (\d+)/i.exec(text) ?? []
      const at = text.indexOf('\r\n\r\n')
      // A promised close is waited for; that it comes is part of what is tested.
      if (at > 0 && length && text.length >= at + 4 + Number(length) && !/\r\nconnection: close/i.test(text.slice(0, at + 2))) finish(false)
      else if (text.endsWith('0\r\n\r\n')) finish(false)
    })
    socket.on('error', () => {})
    socket.on('close', () => finish(true))
    socket.on('end', () => finish(true))
    socket.write(bytes, 'latin1')
  })
}

/** A socket that has made one request and stays open. */
async function hold(door: FrontDoor) {
  const socket = connect(portOf(door), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(get('/'))
  await once(socket, 'data')
  return socket
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) if (await isTrue()) return
  expect.unreachable('it did not come true')
}
