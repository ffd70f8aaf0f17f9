import { describe, expect, it } from 'vitest'
import { MASK, redactAnswerHead, redactHead } from '@/lib/calls/redact'
import { newKey } from '@/lib/ids'

const names = { userKeyName: 'X-Acme-Pass', appKeyName: 'app_key' }
const secret = 'S3cr3t-Value-Of-A-Partner'
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl'

describe('redactHead', () => {
  it.each<[string, string, string[], string?]>([
    ['a key in the query', `/a?user_key=${secret}&page=2`, []],
    ['a key under its own name in the query', `/a?x-acme-pass=${secret}`, []],
    ['a key whose name is escaped', `/a?%75ser_key=${secret}`, []],
    ['an access token', `/a?access_token=${secret}&q=1`, []],
    ['a code and a state of OAuth', `/cb?code=${secret}&state=${secret}x`, []],
    ['a key in a header of its own name', '/a', ['x-acme-PASS', secret]],
    ['a key in a header as many call it', '/a', ['X-Api-Key', secret]],
    ['Basic', '/a', ['Authorization', `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`], Buffer.from(`me:${secret}`).toString('base64')],
    ['Basic whose parts stand elsewhere as well', `/a?who=${secret}`, ['Authorization', `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`]],
    ['Bearer', '/a', ['authorization', `Bearer ${secret}`]],
    ['a scheme of its own', '/a', ['Authorization', `Signature keyId=${secret}`]],
    ['an authorization without a scheme', '/a', ['Authorization', secret]],
    ['cookies', '/a', ['Cookie', `session=${secret}; other=1`]],
    ['a token by its name', '/a', ['X-Vault-Token', secret, 'X-CSRF', secret]],
    ['the debug header', '/a', ['X-3scale-debug', secret]],
    ['a referrer with a key', '/a', ['Referer', `https://shop.example/x?api_key=${secret}`]],
    ['a second place for the same key', `/a?note=${secret}`, ['X-Api-Key', secret]],
    ['a second place, escaped', `/a?note=${encodeURIComponent(`${secret} /+`)}`, ['X-Api-Key', `${secret} /+`]],
    ['a signed token anywhere', `/a/${jwt}/b`, ['X-Note', jwt], jwt],
  ])('KEY-5 masks %s', (_, target, rawHeaders, needle = secret) => {
    const shown = JSON.stringify(redactHead(names, target, rawHeaders))
    expect(shown).not.toContain(needle)
    expect(shown).not.toContain(secret)
    expect(shown).toContain(MASK)
  })

  it('KEY-5 a key of ours keeps its ends where it is a credential, and is found by its look everywhere else', () => {
    const key = newKey('uk')
    const { target, head } = redactHead(names, `/keys/${key}?user_key=${key}`, ['X-Note', `it is ${key}`, 'X-Token', newKey('st')])
    expect(JSON.stringify([target, head])).not.toContain(key)
    expect(target).toContain(`user_key=${key.slice(0, 7)}…${key.slice(-4)}`)
    expect(head[1]).toEqual(['X-Token', MASK])
  })

  it('leaves what is no secret as it was sent', () => {
    const head = ['Host', 'api.example.com', 'app_id', 'a1b2', 'X-End-User', 'jane', 'Accept', '*/*', 'X-Author', 'Jane', 'Content-Type', 'application/json']
    expect(redactHead(names, '/orders/42?status=open&keyword=red&page[size]=2', head)).toEqual({
      target: '/orders/42?status=open&keyword=red&page[size]=2',
      head: [['Host', 'api.example.com'], ['app_id', 'a1b2'], ['X-End-User', 'jane'], ['Accept', '*/*'], ['X-Author', 'Jane'], ['Content-Type', 'application/json']],
    })
  })

  it('cuts what is long and what Postgres does not keep', () => {
    const { target, head } = redactHead(names, `/${'a'.repeat(5_000)}`, ['X-Long', 'b'.repeat(5_000), 'X-Odd', 'a\u0000\ud800b', ...Array.from({ length: 400 }, (_, i) => `h${i}`)])
    expect(target.length).toBeLessThan(2_100)
    expect(head[0]![1].length).toBeLessThan(600)
    expect(head[1]![1]).toBe('a \ufffdb')
    expect(head.length).toBeLessThanOrEqual(60)
  })

  it('leaves out what we say to ourselves', () => {
    expect(redactHead(names, '/', ['X-Gatehouse-Trace', '1.abc', 'Accept', '*/*']).head).toEqual([['Accept', '*/*']])
  })
})

describe('redactAnswerHead', () => {
  it('KEY-5 keeps a few headers, and of a redirect no code', () => {
    const shown = redactAnswerHead([['Content-Type', 'text/plain'], ['Set-Cookie', `a=${secret}`], ['Location', `https://app.example/cb?code=${secret}&x=1`], ['X-Internal', secret]])
    expect(shown).toEqual([['content-type', 'text/plain'], ['location', `https://app.example/cb?code=${MASK}&x=1`]])
  })
})

describe('a text that is all beginnings of signed tokens', () => {
  it('KEY-5 is masked in one pass, also where no dot follows', () => {
    const { head } = redactHead(names, '/a', ['X-Note', '-eyJ'.repeat(3_000), 'X-Other', 'half eyJhbGciOiJSUzI1NiJ9 of it'])
    expect(head).toEqual([['X-Note', `-${MASK}`], ['X-Other', `half ${MASK} of it`]])
  })
})
