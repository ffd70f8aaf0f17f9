import { describe, expect, it } from 'vitest'
import { highlightCode } from '@/components/ui/highlight-code'

describe('highlighting', () => {
  it.each([
    ['json', '{ "a": "x\\"y", "n": -1.5e3, "t": true }'],
    ['shell', "curl -H 'X-App-Key: abc' \"http://localhost:3000/1.1/search.json\" # try"],
    ['http', 'HTTP/1.1 403 Forbidden\ncontent-type: text/plain\n\nAuthentication failed'],
    ['json', '{ "broken": '],
  ] as const)('never changes the %s it colours', (language, code) => {
    expect(highlightCode(code, language).map((part) => part.text).join('')).toBe(code)
  })

  it('tells names from values in JSON', () => {
    const kinds = highlightCode('{"id": 7, "ok": null, "s": "x"}', 'json').filter((part) => part.kind)
    expect(kinds.map((part) => `${part.kind} ${part.text}`)).toEqual(['name "id"', 'number 7', 'name "ok"', 'word null', 'name "s"', 'text "x"'])
  })
})
