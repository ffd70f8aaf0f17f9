import { describe, expect, it } from 'vitest'
import { answerOf } from '@/lib/liquid/render.fixture'
import { typedText, type LiquidValue } from '@/lib/liquid/values'

const mail = (template: string, assigns: Record<string, LiquidValue> = {}) => {
  const answer = answerOf('', assigns, { mode: 'mail', page: 'm', templates: { 'mails/m': template } })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer
}

describe('templates of mails', () => {
  it('leave their headers beside the text', () => {
    const template = `{% email %}
  {% subject = 'Hello & {{ provider.name }}' %}
  {% cc 'a@example.com' 'b@example.com' %}{% reply-to = "c@example.com" %}
  {% header 'X-Kind' = 'hello' %}
{% endemail %}
Text`
    expect(mail(template, { provider: { name: 'Acme & Co' } })).toMatchObject({
      body: 'Text\n',
      headers: { subject: 'Hello & Acme & Co', cc: 'a@example.com, b@example.com', reply_to: 'c@example.com', 'X-Kind': 'hello' },
    })
    expect(mail('{% if stop %}{% email %}{% do_not_send %}{% endemail %}{% endif %}x', { stop: true }).headers).toEqual({ do_not_send: 'true' })
  })

  it('hold only header tags inside of email', () => {
    for (const inner of ['text', '{{ x }}', '{% if true %}', '{% nonsense %}', '{% subject = x %}', "{% header 'X Y' = 'v' %}"])
      expect(answerOf('', {}, { mode: 'mail', page: 'm', templates: { 'mails/m': `{% email %}${inner}{% endemail %}` } }), inner).toMatchObject({ problem: { kind: 'syntax' } })
  })

  it('ML-1 are not escaped, but what people typed is neither markup nor a link', () => {
    const { body, html } = mail('Tom & {{ name }}, see {{ url }}', { name: typedText('<b>evil.example.com</b>\nhttp://x.y'), url: 'https://portal.example.com/activate/t' })
    expect(body).toContain('Tom & &lt;b&gt;evil.\u200bexample.\u200bcom')
    expect(body).not.toContain('evil.example.com')
    expect(body).toContain('https://portal.example.com/activate/t')
    expect(html).toContain('Tom &amp; &lt;b&gt;evil.\u200bexample')
    expect(html).toContain('<a href="https://portal.example.com/activate/t"')
    expect(html!.match(/<a /g)).toHaveLength(1)
  })

  it('ML-1 a typed name in a header is one line', () => {
    expect(mail("{% email %}{% subject = 'From {{ name }}' %}{% endemail %}", { name: typedText('A\r\nBcc: x@y.z') }).headers.subject).toBe('From A Bcc: x@\u200by.\u200bz')
  })

  it('ML-1 filters and captures do not make a link of a typed name', () => {
    const { html } = mail('{% capture c %}{{ name }}{% endcapture %}{{ c | upcase }} {{ name | append: "/x" | raw }} {{ c }}', { name: typedText('http://a.example') })
    expect(html).not.toContain('<a ')
  })

  it('leave no blank lines where tags stood', () => {
    expect(mail('a\n{% if false %}\n{% endif %}\n\n\n\nb').body).toBe('a\n\nb\n')
  })
})
