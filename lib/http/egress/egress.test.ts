import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Pool } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { isAppError } from '@/lib/errors'
import { isInNetwork, isPublicAddress } from '@/lib/http/egress/classify-address'
import { egressConnect, egressPoolOptions } from '@/lib/http/egress/connect'
import { egressFetch } from '@/lib/http/egress/egress-fetch'
import { assertAddressAllowed, closeOwnPort, egressPolicy, parseAllowRule, parseEgressUrl, resolveAllowed, type EgressPolicy } from '@/lib/http/egress/policy'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

describe('which address is public', () => {
  it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1'])('EG-3 %s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    '127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1',
    '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '168.63.129.16', '192.88.99.1',
    '::', '::1', '::127.0.0.1', '::8.8.8.8', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:168.63.129.16', '64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::808:808', '2002:7f00:1::', '2002:a00:1::1',
    '2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:db8::1', 'fc00::1', 'fd12::1', 'fe80::1', 'fec0::1', 'ff02::1', '100::1', '5f00::1', '4000::1', 'nonsense', '',
  ])('EG-3 %s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it('EG-3 counts an IPv4-mapped address as the IPv4 address it carries', () => {
    expect(isInNetwork('::ffff:10.1.1.1', '10.0.0.0/8')).toBe(true)
    expect(isInNetwork('::1', '127.0.0.0/8')).toBe(false)
    expect(isInNetwork('::1', '[::1]/128')).toBe(true)
  })
})

describe('what may stand in a URL', () => {
  it.each(['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'javascript:1', 'example.com', '', 'http://user@example.com/', 'http://u:p@example.com/', 'http://example.com/#x', 'http://example.com/#', 'http://example.com:22/', 'http://example.com:25/', 'http://example.com:6379/', 'http://example.com:5432/', `http://${'a'.repeat(254)}/`])(
    'EG-1 refuses %s',
    (url) => {
      expect(codeOf(() => parseEgressUrl(url, policyOf()))).toBe('address_not_allowed')
    },
  )

  it('EG-1 takes ports 80, 443 and those above 1023', () => {
    for (const url of ['http://example.com/', 'https://example.com/a?b=c', 'https://example.com:8443/', 'http://example.com:1024/']) expect(parseEgressUrl(url, policyOf()).href).toBe(url)
  })

  it('EG-1 wants https for webhooks of a public installation', () => {
    expect(codeOf(() => parseEgressUrl('http://example.com/', policyOf(), { httpsOnly: true }))).toBe('address_not_allowed')
  })

  it.each(['http://0x7f.1/', 'http://2130706433/', 'http://127.1/', 'http://①②⑦.0.0.1/', 'http://%31%32%37.0.0.1/', 'http://017700000001/', 'http://[::ffff:7f00:1]/', 'http://[::1]/', 'http://127.0.0.1./'])(
    'EG-2 sees through the spelling of %s',
    async (url) => {
      expect(await codeOfAsync(egressFetch(url, { use: 'spec', policy: policyOf() }))).toBe('address_not_allowed')
    },
  )
})

describe('connecting', () => {
  it('EG-3 refuses a host as soon as one of its addresses is private', async () => {
    const policy = policyOf({ resolve: async () => [{ address: '8.8.8.8', family: 4 }, { address: '10.0.0.1', family: 4 }] })
    expect(await codeOfAsync(resolveAllowed('mixed.example.com', 443, policy))).toBe('address_not_allowed')
  })

  it('EG-3 treats a public-looking address of this very machine as private', () => {
    const policy = policyOf({ ownAddresses: () => new Set(['8.8.8.8']) })
    expect(codeOf(() => assertAddressAllowed('8.8.8.8', 443, policy))).toBe('address_not_allowed')
    expect(codeOf(() => assertAddressAllowed('::ffff:8.8.8.8', 443, policy))).toBe('address_not_allowed')
  })

  it('EG-4 refuses at send time a name that answered publicly when it was saved and privately now', async () => {
    const { port, hits } = await listen((_, response) => response.end('secret'))
    const answers = ['93.184.216.34', '127.0.0.1']
    const policy = policyOf({ resolve: async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }] })
    expect(await resolveAllowed('rebind.example.com', port, policy)).toEqual([{ address: '93.184.216.34', family: 4 }])
    expect(await codeOfAsync(egressFetch(`http://rebind.example.com:${port}/`, { use: 'webhook', policy }))).toBe('address_not_allowed')
    expect(hits()).toBe(0)
  })

  it('EG-4 connects to the checked address, with the host name in Host', async () => {
    const { port } = await listen((request, response) => response.end(request.headers.host))
    const policy = openPolicy(port)
    const answer = await egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy })
    expect(answer.text()).toBe(`api.example.com:${port}`)
  })

  it('EG-4 checks again on every new connection of a pool', async () => {
    const { port, hits } = await listen((_, response) => {
      response.setHeader('connection', 'close')
      response.end('ok')
    })
    let answer = '127.0.0.1'
    const policy = { ...openPolicy(port), resolve: async () => [{ address: answer, family: 4 as const }] }
    const pool = new Pool(`http://api.example.com:${port}`, egressPoolOptions({ policy, firstByteTimeoutMs: 2000, idleTimeoutMs: 2000 }))
    try {
      const first = await pool.request({ path: '/', method: 'GET' })
      expect(await first.body.text()).toBe('ok')
      answer = '192.168.0.1'
      await expect(pool.request({ path: '/', method: 'GET' })).rejects.toMatchObject({ name: 'AppError', code: 'address_not_allowed' })
      expect(hits()).toBe(1)
    } finally {
      await pool.destroy()
    }
  })

  it('EG-4 checks literal addresses, which never reach a look-up', async () => {
    const { port, hits } = await listen((_, response) => response.end('ok'))
    const pool = new Pool(`http://127.0.0.1:${port}`, { connect: egressConnect({ policy: policyOf() }) })
    try {
      await expect(pool.request({ path: '/', method: 'GET' })).rejects.toMatchObject({ code: 'address_not_allowed' })
      expect(hits()).toBe(0)
    } finally {
      await pool.destroy()
    }
  })

  it('EG-6 EGRESS_ALLOW opens a network for one port or for all, and nothing else', () => {
    const one = policyOf({ allow: [parseAllowRule('127.0.0.0/8:4000')] })
    expect(() => assertAddressAllowed('127.0.0.1', 4000, one)).not.toThrow()
    expect(codeOf(() => assertAddressAllowed('127.0.0.1', 4001, one))).toBe('address_not_allowed')
    expect(codeOf(() => assertAddressAllowed('10.0.0.1', 4000, one))).toBe('address_not_allowed')
    const all = policyOf({ allow: [parseAllowRule('[::1]/128:*'), parseAllowRule('10.0.0.0/8:*')] })
    expect(() => assertAddressAllowed('::1', 4000, all)).not.toThrow()
    expect(() => assertAddressAllowed('10.1.1.1', 81, all)).not.toThrow()
    expect(codeOf(() => assertAddressAllowed('10.1.1.1', 5432, all))).toBe('address_not_allowed')
  })

  it('EG-6 a port named outright in EGRESS_ALLOW may be an unusual one', () => {
    const policy = policyOf({ allow: [parseAllowRule('10.0.0.0/8:81')] })
    expect(parseEgressUrl('http://10.0.0.1:81/', policy).port).toBe('81')
  })

  it('EG-6 our own ports stay closed even on an opened network', async () => {
    const { port, hits } = await listen((_, response) => response.end('ok'))
    const policy = { ...openPolicy(port), ownPorts: () => new Set([port]) }
    expect(await codeOfAsync(egressFetch(`http://127.0.0.1:${port}/`, { use: 'spec', policy }))).toBe('address_not_allowed')
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy }))).toBe('address_not_allowed')
    expect(hits()).toBe(0)
  })

  it('EG-6 the policy of an installation that opens nothing lets nothing private through, and knows the ports it is told of', () => {
    const policy = egressPolicy()
    expect(policy.allow).toEqual([])
    expect(codeOf(() => assertAddressAllowed('127.0.0.1', 4000, policy))).toBe('address_not_allowed')
    expect(policy.ownPorts().has(3000)).toBe(true)
    closeOwnPort(45_999)
    expect(codeOf(() => parseEgressUrl('http://example.com:45999/', policy))).toBe('address_not_allowed')
  })

  it('GW-8 hosts of this installation are refused', async () => {
    const policy = { ...egressPolicy(), resolve: async () => [{ address: '8.8.8.8', family: 4 as const }] }
    for (const host of ['acme.admin.localhost', 'admin.localhost', 'twitter-acme.gw.localhost', 'ACME.portal.localhost.']) expect(await codeOfAsync(resolveAllowed(host, 443, policy))).toBe('address_not_allowed')
    expect(await resolveAllowed('api.example.com', 443, policy)).toHaveLength(1)
  })
})

describe('redirects', () => {
  it('EG-5 webhooks do not follow them', async () => {
    const { port, hits } = await listen((_, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    const answer = await egressFetch(`http://hook.example.com:${port}/`, { use: 'webhook', method: 'POST', body: '{}', policy: openPolicy(port) })
    expect(answer.status).toBe(302)
    expect(hits()).toBe(1)
  })

  it('EG-5 documents follow three, and not a fourth', async () => {
    const { port } = await listen((request, response) => {
      const left = Number(request.url!.slice(1))
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end()
      else response.end('found')
    })
    const policy = openPolicy(port)
    const answer = await egressFetch(`http://api.example.com:${port}/3`, { use: 'spec', policy })
    expect(answer.text()).toBe('found')
    expect(answer.url).toBe(`http://api.example.com:${port}/0`)
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${port}/4`, { use: 'spec', policy }))).toBe('bad_response')
  })

  it('EG-5 each hop is checked anew, and secrets stay with the first', async () => {
    const inner = await listen((request, response) => response.end(JSON.stringify(request.headers)))
    const { port } = await listen((request, response) => response.writeHead(302, { location: request.url === '/out' ? `http://127.0.0.1:${inner.port}/` : `http://other.example.com:${inner.port}/` }).end())
    const closed = openPolicy(port)
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${port}/out`, { use: 'spec', policy: closed }))).toBe('address_not_allowed')
    expect(inner.hits()).toBe(0)
    const open = { ...closed, allow: [...closed.allow, ...openPolicy(inner.port).allow] }
    const answer = await egressFetch(`http://api.example.com:${port}/name`, { use: 'spec', policy: open, headers: { authorization: 'Bearer x', 'x-api-key': 'y', accept: 'text/yaml' } })
    expect(JSON.parse(answer.text())).toMatchObject({ accept: 'text/yaml' })
    expect(answer.text()).not.toMatch(/Bearer|"y"/)
  })
})

describe('sizes and waits', () => {
  it('EG-7 counts a document after decompression and refuses what is too long', async () => {
    const { port } = await listen((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(11 * 1024 * 1024))))
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy: openPolicy(port) }))).toBe('bad_response')
  })

  it('EG-7 reads no more than 64 KB of what a webhook answers', async () => {
    const { port } = await listen((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(200 * 1024, 'a'))))
    const answer = await egressFetch(`http://api.example.com:${port}/`, { use: 'webhook', method: 'POST', body: '{}', policy: openPolicy(port) })
    expect(answer.body.length).toBe(64 * 1024)
    expect(answer.bodyCut).toBe(true)
  })

  it('EG-7 hands over decompressed bodies that fit', async () => {
    const { port } = await listen((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('openapi: 3.1.0')))
    expect((await egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy: openPolicy(port) })).text()).toBe('openapi: 3.1.0')
  })

  it('EG-7 refuses headers of more than 32 KB', async () => {
    const { port } = await listen((_, response) => response.writeHead(200, { 'x-long': 'a'.repeat(40_000) }).end())
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy: openPolicy(port) }))).toBe('bad_response')
  })

  it('EG-7 gives up on a host that says nothing, and on one that never ends', async () => {
    const silent = await listen(() => {})
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${silent.port}/`, { use: 'spec', policy: openPolicy(silent.port), limits: { totalMs: 200 } }))).toBe('timed_out')
    const endless = await listen((_, response) => void response.write('a'))
    expect(await codeOfAsync(egressFetch(`http://api.example.com:${endless.port}/`, { use: 'spec', policy: openPolicy(endless.port), limits: { totalMs: 200 } }))).toBe('timed_out')
  })

  it('EG-8 a closed port, an unknown name and a peer that hangs up look alike, and name no address', async () => {
    const { port, close } = await listen((request) => request.socket.destroy())
    const policy = openPolicy(port)
    const hung = await errorOf(egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy }))
    await close()
    const closed = await errorOf(egressFetch(`http://api.example.com:${port}/`, { use: 'spec', policy }))
    const unknown = await errorOf(egressFetch('http://api.example.com/', { use: 'spec', policy: { ...policy, resolve: () => Promise.reject(new Error('ENOTFOUND')) } }))
    for (const error of [hung, closed, unknown]) {
      expect(error).toMatchObject({ code: 'could_not_connect', publicMessage: 'The host could not be reached.' })
      expect(error.message).not.toMatch(/\d+\.\d+|\d{4,5}|REFUSED/)
    }
  })

  it('EG-8 refusals say the same whether something listens there or not', async () => {
    const { port } = await listen((_, response) => response.end())
    const open = await errorOf(egressFetch(`http://127.0.0.1:${port}/`, { use: 'spec', policy: policyOf() }))
    const closed = await errorOf(egressFetch('http://127.0.0.1:45998/', { use: 'spec', policy: policyOf() }))
    expect(open.message).toBe(closed.message)
    expect(open).toMatchObject({ code: 'address_not_allowed' })
  })
})

function policyOf(change: Partial<EgressPolicy> = {}): EgressPolicy {
  return {
    allow: [],
    ownPorts: () => new Set(),
    ownAddresses: () => new Set(['127.0.0.1', '::1']),
    isOwnHost: () => false,
    resolve: () => Promise.reject(new Error('no resolver in this test')),
    ...change,
  }
}

/** Everything resolves to loopback, and loopback is open on one port. */
function openPolicy(port: number): EgressPolicy {
  return policyOf({ allow: [{ network: '127.0.0.0/8', port }], resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
}

async function listen(listener: RequestListener): Promise<{ port: number; hits: () => number; close: () => Promise<void> }> {
  let hits = 0
  const server = createServer((request, response) => {
    hits++
    listener(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, hits: () => hits, close }
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable('it should have failed'),
    (error: Error) => error,
  )
}

async function codeOfAsync(promise: Promise<unknown>): Promise<unknown> {
  const error = await errorOf(promise)
  return isAppError(error) ? error.code : error
}

function codeOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return isAppError(error) ? error.code : error
  }
  return 'nothing was thrown'
}
