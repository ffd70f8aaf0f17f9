import { describe, expect, it } from 'vitest'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'

describe('PW-5 e-mail as a key', () => {
  it.each([
    ['Mona@Example.COM', 'mona@example.com'],
    ['  mona@example.com\t', 'mona@example.com'],
    ['mona+test@sub.example.co.uk', 'mona+test@sub.example.co.uk'],
    ['ｍona@example.com', 'mona@example.com'],
    ['jörg@müller.example', 'jörg@müller.example'],
    ['ops@localhost', 'ops@localhost'],
  ])('PW-5 %j becomes %j', (typed, normal) => expect(normalEmail(typed)).toBe(normal))

  it.each(['a@b@c.example', 'a＠b@c.example', 'a@example.com,b@example.com', 'a b@example.com', 'a@exa mple.com', '"a"@example.com', 'a@example.com\r\nBcc: x@example.com', 'a\u0000@example.com', 'a@', '@example.com', 'plain', 'a@-x.example', 'a@x..example', '.a@example.com', 'a..b@example.com', `${'a'.repeat(65)}@example.com`, `a@${'b'.repeat(260)}`, 'a\u200b@example.com'])(
    'PW-5 %j is no address',
    (typed) => expect(normalEmail(typed)).toBeNull(),
  )

  it.each([['Mona_F', 'mona_f'], ['j.r-9', 'j.r-9'], ['jörg', 'jörg']])('PW-5 the user name %j becomes %j', (typed, normal) => expect(normalUserName(typed)).toBe(normal))
  it.each(['ab', 'a b c', 'a@b', 'x'.repeat(41), 'a/b/c', 'a\nb'])('PW-5 %j is no user name', (typed) => expect(normalUserName(typed)).toBeNull())
})
