import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePlainTemplate } from '@/lib/products/plain-template'
import { compileTemplate } from '@/lib/products/policy-template'

const bare = (values: Record<string, unknown>) => Object.assign(Object.create(null) as object, values)
const scope = {
  get path() {
    return '/v1'
  },
  status: 200,
  ratio: 0.1,
  big: 1e21,
  yes: true,
  no: null,
  list: ['x', ['y', 'z']],
  at: new Date(0),
  toString: 'own',
  headers: bare({ 'x-a': 'A', 'X-A': 'A', "it's": 'quoted', 'a b': 'c', size: 'big' }),
  jwt: bare({ sub: 'ada', roles: ['a', 'b'], nested: bare({ deep: 1 }), __proto__: 'x' }),
}
/** The same text, where the engine has to be asked. */
const byEngine = (source: string) => compileTemplate(`${source}{% comment %}{% endcomment %}`)(scope)

describe('texts without tags and filters', () => {
  const names = ['path', 'status', 'ratio', 'big', 'yes', 'no', 'list', 'at', 'headers', 'jwt', 'toString', 'constructor', '__proto__', 'nothing', 'hasOwnProperty', 'true', 'nil', 'empty', 'blank', 'size', 'first', 'contains', 'x-a', 'sub', 'roles', 'nested', 'deep', 'length']
  const name = fc.constantFrom(...names)
  const step = fc.oneof(name.map((each) => `.${each}`), fc.constantFrom('x-a', 'X-A', "it's", 'a b', 'size', 'sub', '0', '').map((each) => `["${each}"]`), name.map((each) => `['${each}']`), fc.constantFrom('[0]', '[status]', '.0'))
  const output = fc.tuple(fc.constantFrom('{{', '{{ ', '{{- ', '{{\n'), name, fc.array(step, { maxLength: 3 }), fc.constantFrom('}}', ' }}', ' -}}', ' | upcase }}')).map(([open, first, rest, close]) => open + first + rest.join('') + close)
  const word = fc.constantFrom('', ' ', 'by ', '{', '}', '%', "'", '"', '\\', 'ü', '\n')

  it('read exactly as the engine reads them', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(output, word), { maxLength: 6 }).map((parts) => parts.join('')), (source) => {
        let expected: string
        try {
          expected = byEngine(source)
        } catch {
          // What the engine refuses is refused before anybody asks for a shorter way.
          return
        }
        expect(compileTemplate(source)(scope)).toBe(expected)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(['{{ path }}', 'by {{path}} {{ status }}', "{{ headers['x-a'] }}", '{{ headers["a b"] }}', '{{ jwt.nested.deep }}', '{{ nothing.at.all }}'])('%s needs no engine', (source) => {
    expect(compilePlainTemplate(source)?.(scope)).toBe(byEngine(source))
  })

  it.each(['{{ path | upcase }}', '{% if yes %}1{% endif %}', '{{- path }}', '{{ list[0] }}', '{{ headers[path] }}', '{{ path.size }}', '{{ true }}', "{{ 'x' }}"])('%s is left to the engine', (source) => {
    expect(compilePlainTemplate(source)).toBeNull()
  })
})
