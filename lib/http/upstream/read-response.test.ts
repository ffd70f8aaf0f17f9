import { describe, expect, it } from 'vitest'
import { ResponseReader } from '@/lib/http/upstream/read-response'

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string; end: 'reusable' | 'last' | null }

/** Reads `text`, cut into pieces of `size`, then the end of the connection where `closes` says so. */
function read(text: string, { size = Infinity, isHead = false, closes = false } = {}): Answer | string {
  const answer: Answer = { status: 0, headers: {}, body: '', end: null }
  const reader = new ResponseReader({
    onHead: (status, headers) => Object.assign(answer, { status, headers }),
    onBody: (chunk) => (answer.body += chunk.toString('latin1')),
    onEnd: (reusable) => (answer.end = reusable ? 'reusable' : 'last'),
  })
  reader.begin(isHead)
  try {
    const bytes = Buffer.from(text, 'latin1')
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size)
      // As the socket does: the buffer is larger than what was read into it.
      reader.feed(Buffer.concat([piece, Buffer.from('garbage\n')]), piece.length)
    }
    if (closes) reader.finish()
  } catch (error) {
    return (error as Error).message
  }
  return answer
}

const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')

describe('ResponseReader', () => {
  it.each<[string, string, Partial<Answer>]>([
    ['a length', `${head('Content-Length: 5', 'X-A: b')}hello`, { status: 200, headers: { 'content-length': '5', 'x-a': 'b' }, body: 'hello', end: 'reusable' }],
    ['no body by length', head('Content-Length: 0'), { body: '', end: 'reusable' }],
    ['chunks with extensions and trailers', `${head('Transfer-Encoding: chunked')}5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n`, { body: 'hello world', end: 'reusable' }],
    ['an answer before HTTP/1.1', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi', { body: 'hi', end: 'last' }],
    ['one that stays all the same', 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi', { body: 'hi', end: 'reusable' }],
    ['one that announces the end', `${head('Connection: x, Close', 'Content-Length: 2')}hi`, { body: 'hi', end: 'last' }],
    ['interim heads before it', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${head('Content-Length: 1')}x`, { status: 200, body: 'x', end: 'reusable' }],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, end: 'reusable' }],
    ['304 with the length of what it stands for', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n', { status: 304, body: '', end: 'last' }],
    ['a header that objects inherit something under', head('Constructor: a', 'Content-Length: 0'), { headers: { constructor: 'a', 'content-length': '0' } as never }],
    ['no reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', { status: 200, end: 'reusable' }],
    ['repeated names', head('Content-Length: 0', 'Set-Cookie: a', 'Vary: x', 'Set-Cookie: b', 'vary:  y '), { headers: { 'content-length': '0', 'set-cookie': ['a', 'b'], vary: ['x', 'y'] } }],
    ['bytes that are no ASCII', `${head('X-A: \xe4', 'Content-Length: 1')}\xff`, { headers: { 'x-a': '\xe4', 'content-length': '1' }, body: '\xff' }],
  ])('reads %s, in whatever pieces it comes', (_, text, wanted) => {
    for (const size of [Infinity, 1, 2, 3, 7]) expect(read(text, { size }), `in pieces of ${size}`).toMatchObject(wanted)
  })

  it('takes what comes until the connection ends where no length is told, and never reuses it', () => {
    expect(read(`${head()}hello`)).toMatchObject({ body: 'hello', end: null })
    expect(read(`${head()}hello`, { closes: true })).toMatchObject({ body: 'hello', end: 'last' })
  })

  it('an answer that is cut off has no end', () => {
    expect(read(`${head('Content-Length: 9')}hello`, { closes: true })).toMatchObject({ end: null })
    expect(read(`${head('Transfer-Encoding: chunked')}5\r\nhello\r\n`, { closes: true })).toMatchObject({ end: null })
  })

  it('no body answers a HEAD', () => {
    expect(read(head('Content-Length: 5'), { isHead: true })).toMatchObject({ body: '', end: 'last' })
    expect(read(head('Transfer-Encoding: chunked'), { isHead: true })).toMatchObject({ body: '', end: 'last' })
  })

  it('where a body might still come though none may, the connection is done with: it would be the next answer', () => {
    expect(read(head(), { isHead: true })).toMatchObject({ end: 'last' })
    expect(read(head('Content-Length: 0'), { isHead: true })).toMatchObject({ end: 'reusable' })
    for (const status of ['204 No Content', '304 Not Modified', '205 Reset Content']) {
      expect(read(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ end: 'reusable' })
      expect(read(`HTTP/1.1 ${status}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatchObject({ end: status.startsWith('205') ? 'reusable' : 'last' })
    }
    expect(read('HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n')).toMatchObject({ body: '', end: 'last' })
  })

  it('chunks of an answer before HTTP/1.1 end its connection: proxies of that time did not know them', () => {
    expect(read('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n')).toMatchObject({ body: 'hi', end: 'last' })
  })

  it('many small chunks read at once are handed on as one piece: a piece each would weigh a hundred times what it holds', () => {
    let pieces = 0
    let bytes = 0
    const reader = new ResponseReader({ onHead: () => {}, onBody: (chunk) => ((bytes += chunk.length), pieces++), onEnd: () => {} })
    reader.begin(false)
    const text = Buffer.from(`${head('Transfer-Encoding: chunked')}${'1\r\nx\r\n'.repeat(10_000)}`)
    reader.feed(text, text.length)
    expect([pieces, bytes]).toEqual([1, 10_000])
  })

  it('what follows an answer is never the next one: the connection is done with', () => {
    const second = `${head('Content-Length: 6')}poison`
    expect(read(`${head('Content-Length: 2')}hi${second}`)).toMatchObject({ body: 'hi', end: 'last' })
    expect(read(`${head('Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\n\r\n${second}`)).toMatchObject({ body: 'hi', end: 'last' })
    expect(read(`HTTP/1.1 204 No Content\r\n\r\n${second}`)).toMatchObject({ status: 204, end: 'last' })
    expect(read(`${head('Content-Length: 6')}poison`, { isHead: true })).toMatchObject({ body: '', end: 'last' })
  })

  it.each([
    ['both lengths', head('Content-Length: 5', 'Transfer-Encoding: chunked'), 'together'],
    ['a length twice', head('Content-Length: 5', 'Content-Length: 5'), 'twice'],
    ['a list of lengths', head('Content-Length: 5, 5'), 'no length'],
    ['a signed length', head('Content-Length: +5'), 'no length'],
    ['a length no number holds', head('Content-Length: 9999999999999999'), 'no length'],
    ['another coding', head('Transfer-Encoding: gzip, chunked'), 'coding'],
    ['chunked twice', head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 'coding'],
    ['a space before the colon', head('X-A : b'), 'name'],
    ['a folded line', head('X-A: b', ' c: d'), 'name'],
    ['a line without a colon', head('X-A'), 'colon'],
    ['no name', head(': b'), 'name'],
    ['NUL in a value', head('X-A: b\0'), 'control'],
    ['a bare CR in a value', head('X-A: b\rX-B: c'), 'control'],
    ['a bare LF between lines', 'HTTP/1.1 200 OK\r\nX-A: b\nX-B: c\r\n\r\n', 'control'],
    ['another version', 'HTTP/2 200 OK\r\n\r\n', 'no HTTP'],
    ['no HTTP', 'SSH-2.0-x\r\n', 'no HTTP'],
    ['no status', 'HTTP/1.1 abc\r\n\r\n', 'status line'],
    ['a status that is none', 'HTTP/1.1 099 x\r\n\r\n', 'status line'],
    ['a status beyond all classes', 'HTTP/1.1 600 x\r\n\r\n', 'status line'],
    ['a switch of protocols', 'HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\n', 'bad upgrade'],
    ['a chunk size that is none', `${head('Transfer-Encoding: chunked')}0x5\r\n`, 'chunk size'],
    ['a chunk size with a sign', `${head('Transfer-Encoding: chunked')}-5\r\n`, 'chunk size'],
    ['a chunk size no number holds', `${head('Transfer-Encoding: chunked')}fffffffffffff\r\n`, 'chunk size'],
    ['a chunk longer than it said', `${head('Transfer-Encoding: chunked')}2\r\nhello\r\n`, 'longer'],
    ['a bare LF after a chunk size', `${head('Transfer-Encoding: chunked')}5\nhello\r\n`, 'LF'],
    ['a size line without an end', `${head('Transfer-Encoding: chunked')}5;${'a'.repeat(5_000)}`, 'no end'],
    ['a head over 32 KB', head(`X-A: ${'b'.repeat(40_000)}`), 'Headers Overflow'],
    ['trailers over 32 KB', `${head('Transfer-Encoding: chunked')}0\r\n${`X-T: ${'b'.repeat(1_000)}\r\n`.repeat(40)}\r\n`, 'Headers Overflow'],
  ])('refuses %s', (_, text, why) => {
    for (const size of [Infinity, 1, 5]) expect(read(text, { size }), `in pieces of ${size}`).toContain(why)
  })

  it('a header named __proto__ changes nothing', () => {
    const answer = read(head('__proto__: a', '__proto__: b', 'Content-Length: 0')) as Answer
    expect(Object.keys(answer.headers)).toEqual(['content-length'])
    expect(Object.getPrototypeOf(answer.headers)).toBe(Object.prototype)
  })
})
