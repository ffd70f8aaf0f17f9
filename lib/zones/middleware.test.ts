import { NextRequest } from 'next/server'
import { describe, expect, it } from 'vitest'
import { middleware } from '@/middleware'

const ask = (host: string, path = '/', headers: Record<string, string> = {}) => middleware(new NextRequest(`http://localhost:3000${path}`, { headers: { host, ...headers } }))

describe('the middleware', () => {
  it('CSP-1 gives every dashboard page a nonce of its own, in request and answer', () => {
    const nonces = [1, 2].map(() => {
      const answer = ask('acme.admin.localhost:3000', '/products?page=2')
      const policy = answer.headers.get('content-security-policy')!
      const [, nonce] = /'nonce-([^']+)'/.exec(policy)!
      expect(Buffer.from(nonce!, 'base64')).toHaveLength(16)
      expect(answer.headers.get('x-middleware-request-content-security-policy')).toBe(policy)
      expect(answer.headers.get('x-middleware-request-x-nonce')).toBe(nonce)
      expect(answer.headers.get('x-middleware-rewrite')).toBe('http://localhost:3000/zone/admin/acme/products?page=2')
      return nonce
    })
    expect(nonces[0]).not.toBe(nonces[1])
  })

  it('CSP-2 leaves the policy of the portal to the portal’s door', () => {
    const answer = ask('acme.portal.localhost')
    expect(answer.headers.get('content-security-policy')).toBeNull()
    expect(answer.headers.get('x-middleware-request-x-nonce')).toBeNull()
  })

  it('HTTP-4 overwrites what a client says about host, scheme and path', () => {
    const answer = ask('acme.admin.localhost:3000', '/x?y=1', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-gh-path': '/evil', 'x-nonce': 'evil', 'content-security-policy': 'evil' })
    expect(answer.headers.get('x-middleware-request-x-forwarded-host')).toBe('acme.admin.localhost:3000')
    expect(answer.headers.get('x-middleware-request-x-forwarded-proto')).toBe('http')
    expect(answer.headers.get('x-middleware-request-x-gh-path')).toBe('/x?y=1')
    expect(JSON.stringify([...answer.headers])).not.toMatch(/evil/)
  })

  it('HTTP-6 adds the security headers where no front door does', () => {
    for (const host of ['localhost', 'acme.admin.localhost', 'acme.portal.localhost']) expect(ask(host).headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('ZONE-3 PLAT-3 refuses inner paths typed from outside with a plain 404', async () => {
    const answer = ask('acme.admin.localhost', '/zone/admin/beta')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await answer.json()).toMatchObject({ error: { code: 'not_found' }, request_id: expect.any(String) })
  })

  it('ZONE-2 answers 400 to what is no host and 404 to what is nobody\'s', () => {
    expect(ask('a@b').status).toBe(400)
    expect(ask('admin.localhost').status).toBe(404)
    expect(ask('127.0.0.1:3000').status).toBe(404)
    expect(ask('127.0.0.1:3000', '/readyz').headers.get('x-middleware-rewrite')).toBe('http://localhost:3000/zone/site/readyz')
  })

  it('sends gateway hosts on untouched', () => {
    const answer = ask('twitter-acme.gw.localhost:3000', '/a%2Fb//c?d')
    expect(answer.headers.get('x-middleware-rewrite')).toBe('http://localhost:3000/zone/gateway/twitter-acme.gw.localhost/a%2Fb//c?d')
    expect(answer.headers.get('content-security-policy')).toBeNull()
  })
})
