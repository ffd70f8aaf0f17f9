import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PatternProblem, compileLinearPattern } from '@/lib/products/linear-pattern'

const groupsOf = (source: string, text: string, options = '') => {
  const found = compileLinearPattern(source, options).exec(text)
  if (!found) return null
  return Array.from({ length: found.length / 2 }, (_, i) => (found[2 * i]! < 0 ? undefined : text.slice(found[2 * i], found[2 * i + 1])))
}

describe('compileLinearPattern', () => {
  it.each([
    ['^/v1/', '/v1/things'], ['/v(\\d+)/(.*)$', '/v2/a/b'], ['(a|ab)(c|bcd)(d*)', 'abcd'], ['a{2,3}', 'caaaa'], ['a{2,3}?', 'caaaa'], ['(?:x|y)+z', 'wxyxz'],
    ['[^/]+$', '/a/b/c'], ['[\\w.-]+@', 'me.you@x'], ['\\bfoo\\b', 'a foo b'], ['\\Boo', 'foo'], ['(?<id>\\d+)', 'n42'], ['[]a]+', 'x]a]'], ['a.c', 'a\nc'], ['\\x41\\u0042', 'AB'], ['(a*)(b?)', 'aab'],
    ['x*', 'aaa'], ['$', 'abc'], ['\\/a\\.b', '/a.b'], ['[a-c-]+', 'z-abc-'],
  ])('%s on %s finds what JavaScript finds', (source, text) => {
    // JavaScript reads `[]a]` as an empty class; PCRE, which APIcast speaks, as one that holds the bracket.
    const js = new RegExp(source.replace('[]', '[\\]')).exec(text)
    expect(groupsOf(source, text)).toEqual(js && [...js])
  })

  it('agrees with JavaScript on any expression of its own kind', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '1')
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => one + other),
        fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => `(?:${one}|${other})`),
        tie('tree').map((inner) => `(${inner})`),
        fc.tuple(atom, fc.constantFrom('*', '+', '?', '*?', '+?', '{1,2}', '{2}')).map(([inner, times]) => inner + times),
      ),
    }))
    fc.assert(
      fc.property(tree, fc.string({ unit: fc.constantFrom('a', 'b', '1', '/'), maxLength: 12 }), (source, text) => {
        const js = new RegExp(source).exec(text)
        expect(groupsOf(source, text)).toEqual(js && [...js])
      }),
      { numRuns: 2_000 },
    )
  })

  it('ignores case where it is told to', () => {
    expect(groupsOf('^/API/[a-z]+', '/api/XY', 'i')).toEqual(['/api/XY'])
    expect(groupsOf('^/API', '/api')).toBeNull()
  })

  it('takes linear time for expressions made to explode', () => {
    const text = 'a'.repeat(4_000) + '!'
    for (const source of ['(a+)+$', '^(a|a)*$', '(a|aa)+$', '(.*)*x', '(.*,){11}P', '([a-z]+)*\\d', 'a*a*a*a*a*b']) expect(groupsOf(source, text), source).toBeNull()
  })

  it.each(['(', ')', '[a', 'a**', '*a', 'a{3,1}', '(?=a)', '(?<!a)b', '(a)\\1', 'a++', '(?i)a', 'a\\', '[[:alpha:]]', '(a{900}){900}', 'a'.repeat(501), '\\q', '^*', '('.repeat(100) + ')'.repeat(100)])('refuses %s with a sentence', (source) => {
    expect(() => compileLinearPattern(source)).toThrow(PatternProblem)
  })
})
