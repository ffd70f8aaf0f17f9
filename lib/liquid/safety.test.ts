import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidEngine } from '@/lib/liquid/engine'
import { liquidLimits } from '@/lib/liquid/limits'
import { parseTemplate } from '@/lib/liquid/parse'
import { answerOf, bodyOf } from '@/lib/liquid/render.fixture'
import { TemplateCache } from '@/lib/liquid/template-cache'
import { drop, safeHtml, typedText } from '@/lib/liquid/values'

describe('LQ-2 the language is closed', () => {
  it.each(['where_exp', 'reject_exp', 'group_by_exp', 'find_exp', 'has_exp', 'find_index_exp', 'json', 'jsonify', 'inspect', 'sample', 'hmac_sha256', 'array_to_sentence_string'])('LQ-2 there is no filter %s', (name) => {
    expect(Object.keys(liquidEngine('page').filters)).not.toContain(name)
  })

  it.each(['layout', 'block', 'nonsense', 'email'])('LQ-2 there is no tag %s in pages', (name) => {
    expect(answerOf(`{% ${name} 'x' %}`)).toMatchObject({ ok: false, problem: { kind: 'syntax' } })
  })

  it('LQ-2 no name of a partial reaches a file or a template of another kind', () => {
    for (const name of ['/etc/passwd', '../pages/p', '../../package.json', 'file:///etc/passwd', '__proto__', 'constructor', 'package.json'])
      expect(bodyOf(`[{% include '${name}' %}]`)).toBe('[]')
  })

  it('LQ-2 a template is at most 256 KB', () => {
    expect(answerOf('x'.repeat(liquidLimits.sourceMax))).toMatchObject({ ok: true })
    expect(answerOf('x'.repeat(liquidLimits.sourceMax + 1))).toMatchObject({ problem: { kind: 'syntax', reason: 'A template may have at most 256 KB.' } })
  })

  it('LQ-2 what one tenant has parsed is not given to another, however equal the text', () => {
    const cache = new TemplateCache()
    let parsed = 0
    const get = (tenantId: number, source: string) => cache.get(tenantId, 'page', 'pages/p', source, () => (parsed++, parseTemplate(liquidEngine('page'), source, 'pages/p')))
    const first = get(1, 'same')
    expect(get(1, 'same')).toBe(first)
    expect(get(2, 'same')).not.toBe(first)
    get(1, 'changed')
    expect(parsed).toBe(3)
  })

  it('LQ-2 the cache forgets, and a giant never enters it', () => {
    const cache = new TemplateCache()
    const giant = { templates: [], nodes: 20_000 }
    cache.get(1, 'page', 'a', 'giant', () => giant)
    expect(cache.size).toBe(0)
    for (let i = 0; i < 100; i++) cache.get(1, 'page', 'a', `n${i}`, () => ({ templates: [], nodes: 1_000 }))
    expect(cache.size).toBeLessThan(30)
  })
})

describe('LQ-3 templates see plain values only', () => {
  const values = { user: drop('user', 1, { name: typedText('Ann'), 'admin?': true }, 'ann'), hash: { a: 1 }, list: [1], text: 'abc', html: safeHtml('<b>') }

  it('LQ-3 constructor, __proto__ and prototype resolve to nothing, everywhere', () => {
    for (const name of ['constructor', '__proto__', 'prototype'])
      for (const root of ['user', 'hash', 'list', 'text', 'html', 'user.name', 'forloop', 'content_of', 'nothing']) {
        expect(bodyOf(`[{{ ${root}.${name} }}{{ ${root}["${name}"] }}{{ ${root} | map: "${name}" }}{{ ${root} | map: "${name}.constructor" }}]`, values)).toBe('[]')
        expect(bodyOf(`[{{ ${name} }}{{ ${name}.${name} }}{% for x in ${name} %}x{% endfor %}]`, values)).toBe('[]')
      }
  })

  it('LQ-3 methods and marks of our values are not attributes', () => {
    for (const name of ['$drop', '$typed', '$html', '$list', 'read', 'names', 'kind', 'byKey', 'itemKeys', 'valueOf', 'toString', 'push', 'map', 'length', 'hasOwnProperty', 'liquidMethodMissing', '#attributes'])
      expect(bodyOf(['user', 'hash', 'list', 'text', 'html', 'user.name'].map((root) => `{{ ${root}["${name}"] }}`).join(''), values), name).toBe('')
  })

  it('LQ-3 any path of any names prints nothing that was not put there', () => {
    const name = fc.oneof(fc.constantFrom('constructor', '__proto__', 'prototype', 'toString', 'read', 'raw', 'text', 'safe', 'a', 'name', 'first', 'size'), fc.stringMatching(/^[a-z_$][a-z0-9_]{0,8}$/))
    const allowed = new Set(['', '1', '2', '3', '5', 'abc', '<b>', 'Ann', 'ann', 'true'])
    fc.assert(
      fc.property(fc.constantFrom('user', 'hash', 'list', 'text', 'html'), fc.array(name, { minLength: 1, maxLength: 4 }), (root, path) => {
        expect(allowed).toContain(bodyOf(`{{ ${root}${path.map((part) => `["${part}"]`).join('')} }}`, values))
      }),
      { numRuns: 300 },
    )
  })

  it('LQ-3 a variable cannot be assigned over the ways a value is read', () => {
    expect(bodyOf('{% assign __proto__ = user %}{% assign constructor = user %}{{ admin? }}{{ x.name }}{{ constructor.name }}', values)).toBe('')
  })
})

describe('LQ-4 what developers typed is text', () => {
  const hostile = '<script>alert("1")</script>&\''
  const encoded = [hostile, '%3Cscript%3E', Buffer.from('<script>').toString('base64'), '&lt;script&gt;']

  it('LQ-4 it is escaped by default, under raw, html_safe and with escaping off', () => {
    for (const escape of [true, false])
      for (const filter of ['', '| raw', '| html_safe', '| upcase | raw', '| raw | append: "" | html_safe', '| strip | html_safe', '| default: "x" | raw', '| split: "" | join: "" | raw', '| slice: 0, 99 | raw', '| replace: "q", "" | raw', '| url_encode | url_decode | raw', '| base64_encode | base64_decode | raw', '| newline_to_br', '| truncate: 99 | raw', '| first | raw'])
        expect(bodyOf(`{{ name ${filter} }}`, { name: typedText(hostile) }, { escape }), filter).not.toMatch(/<script/i)
  })

  it('LQ-4 it taints what it is put into: captures, blocks, lists, arguments', () => {
    for (const name of encoded)
      for (const escape of [true, false])
        for (const template of [
          '{% capture c %}{{ name }}{% endcapture %}{{ c | url_decode | raw }}{{ c | base64_decode | raw }}{{ c | replace: "&lt;", "<" | replace: "&gt;", ">" | raw }}',
          '{% content_for b %}{{ name }}{% endcontent_for %}{{ content_of.b | replace: "&lt;", "<" | raw }}{{ content_of.b }}',
          '{{ "x" | append: name | url_decode | html_safe }}{{ "x" | replace: "x", name | url_decode | raw }}{{ "" | default: name | url_decode | raw }}',
          '{% assign l = name | split: "," %}{{ l | join: "" | url_decode | raw }}{% for i in l %}{{ i | url_decode | raw }}{% endfor %}',
          '{% echo name | raw %}{% cycle name %}{% for i in (1..1) %}{% cycle "a": name, name %}{% endfor %}{% liquid echo name | html_safe %}',
          '{{ user | raw }}{{ user | append: "" | raw }}{{ user | url_decode | raw }}',
          '{{ name | link_to: "/x" }}{{ name | delete_button: "/x" }}{{ "a" | link_to: name }}{{ "a" | link_to: "/", title: name }}{{ name | mail_to }}{{ name | inline_errors }}{{ name | image_tag }}',
          '{% ifchanged %}{{ name | raw }}{% endifchanged %}{% case name %}{% when "x" %}{% else %}{{ name | raw }}{% endcase %}',
        ])
          expect(bodyOf(template, { name: typedText(name), user: drop('user', 1, {}, name) }, { escape }), template).not.toMatch(/<script/i)
  })

  it('LQ-4 an address they typed leads to no script', () => {
    for (const url of ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x', 'java\tscript:x'])
      expect(bodyOf("{{ 'x' | link_to: url }}", { url: typedText(url) })).toBe('<a href="#">x</a>')
    expect(bodyOf("{{ 'x' | link_to: url }}", { url: typedText('https://a.example/b') })).toBe('<a href="https://a.example/b">x</a>')
  })

  it('LQ-4 no chain of filters turns it into markup', () => {
    // A script's element is what that filter is for; its address is an attribute.
    const filters = Object.keys(liquidEngine('page').filters).filter((name) => name !== 'javascript_include_tag')
    const chain = fc.array(fc.tuple(fc.constantFrom(...filters), fc.constantFrom('', ': "<"', ': "&lt;", "<"', ': ""', ': name', ': 3')), { maxLength: 5 })
    fc.assert(
      fc.property(fc.constantFrom(...encoded), chain, fc.boolean(), (name, steps, viaCapture) => {
        const piped = steps.map(([filter, arg]) => `| ${filter}${arg}`).join(' ')
        const template = viaCapture ? `{% capture c %}{{ name }}{% endcapture %}{{ c ${piped} | raw }}` : `{{ name ${piped} | raw }}`
        const answer = answerOf(template, { name: typedText(name) })
        if (answer.ok) expect(answer.body, template).not.toMatch(/<script/i)
      }),
      { numRuns: 500 },
    )
  })
})

describe('LQ-1 bounds inside the thread', () => {
  it.each([
    ['tags within tags', '{% if true %}'.repeat(101) + '{% endif %}'.repeat(101), 'syntax'],
    ['a range that is too long', '{% for i in (1..10001) %}{% endfor %}', 'render'],
    ['a range without end', '{% for i in (1..endless) %}{% endfor %}', 'render'],
    ['a range in an assignment', '{% assign r = (1..99999999) | sort %}', 'render'],
    ['too much output', `{% for i in (1..10000) %}${'x'.repeat(300)}{% endfor %}`, 'output'],
    ['a text that doubles', '{% assign s = "0123456789" %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}', 'memory'],
    ['a replacement that explodes', '{% assign s = "a" %}{% for i in (1..18) %}{% assign s = s | append: s %}{% endfor %}{% assign s = s | replace: "a", s %}', 'memory'],
    ['a list that doubles', '{% assign l = (1..10000) | reverse %}{% for i in (1..40) %}{% assign l = l | concat: l %}{% endfor %}', 'memory'],
    ['loops within loops', '{% for a in (1..10000) %}{% for b in (1..10000) %}{% for c in (1..10000) %}{% endfor %}{% endfor %}{% endfor %}', 'timeout'],
  ])('LQ-1 %s ends as a problem with its line', (_, template, kind) => {
    expect(answerOf(`\n${template}`, { endless: 1e300 })).toMatchObject({ ok: false, problem: { template: 'pages/p', line: 2, kind } })
  })

  it('LQ-1 what a page keeps aside leaves the thread, too, and is bounded like a page', () => {
    const megabyte = "{% assign t = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..16) %}{% assign t = t | append: t %}{% endfor %}"
    expect(answerOf(`${megabyte}{% content_for a %}{{ t }}{% endcontent_for %}{% content_for b %}{{ t | slice: 0, 900000 }}{% endcontent_for %}`)).toMatchObject({ ok: true })
    expect(answerOf(`${megabyte}{% for i in (1..100) %}{% content_for a %}{{ t }}{% endcontent_for %}{% endfor %}`)).toMatchObject({ problem: { kind: 'output' } })
    expect(answerOf(`${megabyte}{% for i in (1..100) %}{% email %}{% cc '{{ t }}' %}{% endemail %}{% endfor %}`, {}, { mode: 'mail', page: 'pages/p' })).toMatchObject({ problem: { kind: 'output' } })
  })

  it('LQ-1 a partial that includes itself ends, alone and by the hundred', () => {
    expect(answerOf("{% include 'a' %}", {}, { partials: { a: "{% include 'b' %}", b: "{% include 'a' %}" } })).toMatchObject({ ok: false, problem: { kind: 'render', template: expect.stringMatching(/^partials\/[ab]$/) as string } })
    expect(answerOf("{% include 'a' %}", {}, { partials: { a: "{% for i in (1..9) %}{% if i > 0 %}{% include 'a' %}{% endif %}{% endfor %}" } })).toMatchObject({ ok: false })
  })
})
