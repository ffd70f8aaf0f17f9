import { describe, expect, it } from 'vitest'
import { markupPieces } from '@/lib/portal/markup-pieces'
import { plainText } from '@/lib/portal/pages/search'

const read = (markup: string) => [...markupPieces(markup)].map(({ kind, text }) => [kind, text])

describe('pieces of markup', () => {
  it('are text, tags, comments, scripts and styles whole, and together the text', () => {
    expect(read('a<p title="x > y">b</p><!-- <i> --><STYLE>p > a {}</STYLE ><script>if (a < b) "</p>"</script>1 < 2')).toEqual([
      ['text', 'a'],
      ['tag', '<p title="x > y">'],
      ['text', 'b'],
      ['tag', '</p>'],
      ['comment', '<!-- <i> -->'],
      ['raw', '<STYLE>p > a {}</STYLE >'],
      ['raw', '<script>if (a < b) "</p>"</script>'],
      ['text', '1 < 2'],
    ])
  })

  it('what is never closed is one last piece', () => {
    for (const open of ['<p class="', '<!-- ', '<script>', '<a']) expect(read(`x${open}y`)).toEqual([['text', 'x'], [expect.any(String), `${open}y`]])
  })

  it.each(['<', '<a', '<!--', '<script>', '{%', '{{', '</p'])('LQ-1 the search reads a page of a million times %j and goes on', (text) => {
    expect(plainText(text.repeat(1_000_000 / text.length)).length).toBeLessThan(60_000)
    expect([...markupPieces(text.repeat(1_000_000 / text.length))].map((piece) => piece.text).join('').length).toBeGreaterThan(999_000)
  })

  it('the search sees words, not Liquid, markup, styles or scripts', () => {
    expect(plainText('<h1>{{ page.title }}Guide</h1>{% include "x" %}<p>One  two</p><script>no()</script><style>.no{}</style>')).toBe('Guide One two')
  })

  it('ISO-10 what stands behind a condition is found by nobody: on the page, too, not everybody reads it', () => {
    expect(plainText('a {% if current_user %}secret {% if x %}deeper{% else %}other{% endif %} still{% else %}visitor{% endif %} b{%- for y in z -%}looped{%- endfor -%} {% comment %}note{% endcomment %}c {% endif %}d {% if open %}rest')).toBe('a b c d')
  })
})
