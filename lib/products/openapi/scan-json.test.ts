import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathOfPrettyLine, placeOf, scanJson, type JsonPath } from '@/lib/products/openapi/scan-json'

describe('finding a place in JSON', () => {
  const text = '{\n  "info": { "title": "a \\"quoted\\" {name}" },\n  "paths": {\n    "/a": [1, { "x": null }],\n    "/b\\u0041": true\n  }\n}'
  it.each<[JsonPath, string]>([
    [['info'], '"info"'],
    [['info', 'title'], '"title"'],
    [['paths', '/a', 0], '1,'],
    [['paths', '/a', 1], '{ "x"'],
    [['paths', '/a', 1, 'x'], '"x"'],
    [['paths', '/bA'], '"/b\\u0041"'],
  ])('%j begins where it was written', (path, expected) => {
    const result = scanJson(text, path)
    expect(result.ok && result.offset !== null && text.slice(result.offset).startsWith(expected)).toBe(true)
  })

  it('a path that is not there has no offset', () => {
    expect(scanJson(text, ['paths', 'x'])).toEqual({ ok: true, offset: null })
  })

  it.each([
    ['{"a": 1,}', 8, /remove the comma/],
    ['{"a" 1}', 5, /expected ":"/],
    ['{a: 1}', 1, /name in double quotes/],
    ['[1 2]', 3, /expected "," or "\]"/],
    ['{"a": tru}', 6, /expected a value/],
    ['{"a": "x', 6, /never closed/],
    ['{"a": "x\ny"}', 8, /line break/],
    ['["\\q"]', 2, /unknown escape/],
    ['{} x', 3, /end of the text/],
    ['', 0, /expected a value, found the end/],
    ['{"a": [', 7, /expected a value, found the end/],
  ])('%j is refused at offset %i', (broken, offset, reason) => {
    expect(scanJson(broken)).toMatchObject({ ok: false, offset, reason: expect.stringMatching(reason) })
  })

  it('agrees with JSON.parse about what is JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(200), fc.constantFrom('', ',', '}', '"', '0', '\\', ' '), (good, position, junk) => {
        const candidate = good.slice(0, position % (good.length + 1)) + junk + good.slice(position % (good.length + 1))
        let parses = true
        try {
          JSON.parse(candidate)
        } catch {
          parses = false
        }
        return scanJson(candidate).ok === parses
      }),
      { numRuns: 1000 },
    )
  })

  it('survives nesting that would exhaust a recursive reader', () => {
    expect(scanJson('['.repeat(200_000))).toMatchObject({ ok: false, offset: 200_000 })
  })

  it('tells the path of a line of pretty-printed JSON', () => {
    const value = { a: { b: [{ c: 1 }, { d: [] }] }, e: {} }
    const lines = JSON.stringify(value, null, 2).split('\n')
    const at = (needle: string) => pathOfPrettyLine(lines, lines.findIndex((line) => line.includes(needle)) + 1)
    expect([at('"a"'), at('"b"'), at('"c"'), at('"d"'), at('"e"')]).toEqual([['a'], ['a', 'b'], ['a', 'b', 0, 'c'], ['a', 'b', 1, 'd'], ['e']])
  })

  it('counts lines and columns from 1', () => {
    expect([placeOf('ab\ncd', 0), placeOf('ab\ncd', 3), placeOf('ab\ncd', 4)]).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 1 },
      { line: 2, column: 2 },
    ])
  })
})
