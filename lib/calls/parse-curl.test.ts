import { describe, expect, it } from 'vitest'
import { parseCurl } from '@/lib/calls/parse-curl'

const read = (text: string) => {
  const { method, host, target, headers, body } = parseCurl(text)
  return { method, host, target, headers, body }
}
const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`
const form: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded']
const plain = { method: 'GET', host: 'api.example.com', target: '/', headers: [], body: null }

describe('parseCurl', () => {
  it.each<[string, string, Partial<ReturnType<typeof read>>]>([
    ['an address alone', 'curl https://api.example.com/a?b=c', { target: '/a?b=c' }],
    ['without a scheme, with a prompt and flags', '$ curl -i -s --compressed api.example.com:8080/x', { host: 'api.example.com:8080', target: '/x' }],
    ['quotes of both kinds', `curl 'https://api.example.com/a b' -H "X-Say: it \\"is\\""`, { target: '/a b', headers: [['X-Say', 'it "is"']] }],
    ['a quote inside a quote, as a shell writes it', `curl https://api.example.com -H 'X: don'\\''t'`, { headers: [['X', "don't"]] }],
    ['lines that go on', "curl -X POST \\\n  'https://api.example.com/x' \\\n  -H 'A: 1'", { method: 'POST', target: '/x', headers: [['A', '1']] }],
    ['lines that go on, on Windows', 'curl ^\r\n https://api.example.com/x', { target: '/x' }],
    ['data makes a POST of a form', `curl https://api.example.com/x -d a=1 -d 'b=2'`, { method: 'POST', target: '/x', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body: 'a=1&b=2' }],
    ['data that is escaped', `curl https://api.example.com/x --data-urlencode 'q=a b&c'`, { method: 'POST', target: '/x', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body: 'q=a%20b%26c' }],
    ['-G puts data into the query', `curl -G https://api.example.com/x?z=0 --data-urlencode 'q=a b' -d r=1`, { target: '/x?z=0&q=a%20b&r=1' }],
    ['json', `curl --json '{"a":1}' https://api.example.com/x`, { method: 'POST', target: '/x', headers: [['Content-Type', 'application/json']], body: '{"a":1}' }],
    ['user and password', 'curl -u id:key https://api.example.com', { headers: [['Authorization', `Basic ${Buffer.from('id:key').toString('base64')}`]] }],
    ['letters in one word', 'curl -sXPUT --url=https://api.example.com/x', { method: 'PUT', target: '/x' }],
    ['a head', 'curl -I https://api.example.com/x', { method: 'HEAD', target: '/x' }],
    ['another Host, no fragment', `curl https://127.0.0.1/x#y -H 'Host: api.example.com'`, { target: '/x' }],
    ['options with values that matter to curl alone', 'curl -o out.json --max-time 5 https://api.example.com/x | jq .', { target: '/x' }],
    ['parts of a form, whose type is written out between them', 'curl https://api.example.com/x -F a=1 -H "Content-Type: multipart/mixed" -F b=2', { method: 'POST', target: '/x', headers: [['Content-Type', 'multipart/mixed']] }],
    ['a thousand variables before it', `${'A=1 '.repeat(1_000)}curl https://api.example.com/x`, { target: '/x' }],
    ['an ANSI quote', `curl https://api.example.com --data-raw $'a\\'b\\nc'`, { method: 'POST', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body: "a'b\nc" }],
    ['a user in the address, who is sent as Basic and is not the host', 'curl https://me:p%40w@api.example.com/x', { target: '/x', headers: [['Authorization', basic('me:p@w')]] }],
    ['a written out Authorization before the one of an option', `curl -u a:b -H 'Authorization: Bearer t' https://api.example.com`, { headers: [['Authorization', 'Bearer t']] }],
    ['a bearer of its own option', 'curl --oauth2-bearer tok https://api.example.com/x', { target: '/x', headers: [['Authorization', 'Bearer tok']] }],
    ['flags in front of an option with a value', 'curl -sGd a=1 https://api.example.com/x', { target: '/x?a=1' }],
    ['what --url-query adds beside a body', 'curl --url-query key=a/b -d c=1 https://api.example.com/x', { method: 'POST', target: '/x?key=a%2Fb', headers: [form], body: 'c=1' }],
    ['raw data that begins with an @', `curl --data-raw @me https://api.example.com/x`, { method: 'POST', target: '/x', headers: [form], body: '@me' }],
    ['JSON with a content type of its own', `curl --json '{}' -H 'Content-Type: application/problem+json' https://api.example.com/x`, { method: 'POST', target: '/x', headers: [['Content-Type', 'application/problem+json']], body: '{}' }],
    ['lines that go on with blanks behind the backslash', 'curl -X PUT \\ \n  https://api.example.com/x \\\t\n -H "A: 1"', { method: 'PUT', target: '/x', headers: [['A', '1']] }],
    ['the command of cmd as a browser copies it', 'curl ^"https://api.example.com/x?a=1^&b=^%^20^" ^\r\n  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=1^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^" ^\r\n  --compressed', { method: 'POST', target: '/x?a=1&b=%20', headers: [['sec-ch-ua', '"Chromium";v=1'], form], body: '{"a":1}' }],
    ['an address on cmd without quotes', 'curl https://api.example.com/x?a=1^&b=2', { target: '/x?a=1&b=2' }],
    ['curl.exe in PowerShell', 'curl.exe `\r\n  "https://api.example.com/x" `\r\n  -H "A: 1"', { target: '/x', headers: [['A', '1']] }],
    ['a prompt of cmd', 'C:\\Users\\me>curl "https://api.example.com/x"', { target: '/x' }],
    ['a variable of this one command and sudo', 'KEY=1 sudo curl https://api.example.com/x', { target: '/x' }],
    ['codes in an ANSI quote, as browsers write them', `curl https://api.example.com --data-raw $'it\\u0021s \\x41'`, { method: 'POST', headers: [form], body: 'it!s A' }],
    ['of several calls the first', 'curl https://api.example.com/x --next -X PUT https://api.example.com/y', { target: '/x' }],
    ['an address alone as a GET', 'https://api.example.com/x?a=b', { target: '/x?a=b' }],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual({ ...plain, ...expected })
  })

  it('reads no file: a body from one is unknown', () => {
    expect(parseCurl('curl https://api.example.com -d @secrets.json')).toMatchObject({ method: 'POST', body: null, bodyUnknown: true })
  })

  it('names the shell variables it cannot know, and none of single quotes', () => {
    expect(parseCurl(`curl "https://api.example.com/x?k=$KEY" -H "A: \${TOKEN}" -d '$inner' -H X:\\$5`).variables).toEqual(['$KEY', '${TOKEN}'])
  })

  it('reads hostile pastes in one pass', () => {
    for (const sign of ['^', '\\', '`', '"', "'", '^"', '\\ ', '$']) expect(() => parseCurl(`curl https://x ${sign.repeat(60_000 / sign.length)}`)).not.toThrow(RangeError)
  })

  it.each([['wget https://x'], ['curl'], [`curl 'https://x`], ['curl https://x -H'], ['curl ftp://x/y']])('says what is in the way of %s', (text) => {
    expect(() => parseCurl(text)).toThrow(expect.objectContaining({ code: 'invalid', fields: { source: [expect.any(String)] } }))
  })
})
