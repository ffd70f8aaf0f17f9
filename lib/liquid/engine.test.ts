import { describe, expect, it } from 'vitest'
import { answerOf, bodyOf } from '@/lib/liquid/render.fixture'
import { drop, dropList, safeHtml, typedText, type LiquidValue } from '@/lib/liquid/values'

const basic = drop('application_plan', 1, { name: 'Basic', system_name: 'basic', 'free?': true, cost: 0 })
const pro = drop('application_plan', 2, { name: 'Pro', system_name: 'pro', 'free?': false, cost: 10 })
const plans = dropList([basic, pro], (plan) => plan.system_name as string)
const service = drop('service', 7, { system_name: 'api', application_plans: plans }, 'API')
const provider = { services: dropList([service], (one) => one.system_name as string) }
const noErrors = drop('errors', 0, { 'empty?': true, 'present?': false })

const cases: [name: string, template: string, assigns: Record<string, LiquidValue>, printed: string][] = [
  ['unknown variables print nothing', '[{{ a }}{{ a.b.c }}{{ x["y"].z }}]', { x: {} }, '[]'],
  ['unknown filters pass through', '{{ "a" | t | format: "x", b: 1 | upcase }}', {}, 'A'],
  ['names may end in a question mark', '{% if plan.free? %}free{% endif %}{{ user.can.invite_users? }}', { plan: basic, user: { can: { 'invite_users?': true } } }, 'freetrue'],
  ['collections are read by system name', '{{ provider.services.api.application_plans.pro.name }} {{ plans["basic"].name }}', { provider, plans }, 'Pro Basic'],
  ['and by number, first, last and size', '{{ plans[1].name }} {{ plans.first.name }} {{ plans.last.name }} {{ plans.size }} {{ plans[9].name }}', { plans }, 'Pro Basic Pro 2 '],
  ['a list can be looped over', '{% for plan in plans %}{{ forloop.index }}{{ plan.name }}{% unless forloop.last %},{% endunless %}{% endfor %}', { plans }, '1Basic,2Pro'],
  ['drops of the same record are equal', '{% if a == b %}same{% endif %}{% if a == c %}never{% endif %}{% if a != c %} other{% endif %}', { a: basic, b: drop('application_plan', 1, {}), c: drop('service', 1, {}) }, 'same other'],
  ['case compares drops as well', '{% case plan %}{% when other %}no{% when same %}yes{% endcase %}', { plan: basic, other: pro, same: basic }, 'yes'],
  ['present stands on either side', '{% if a == present %}1{% endif %}{% if present == b %}2{% endif %}{% if c != present %}3{% endif %}', { a: 'x', b: [1], c: '' }, '123'],
  ['errors without messages are not present', '{% if e == present %}shown{% endif %}{% if e == empty %}none{% endif %}{{ e.org_name | inline_errors }}', { e: noErrors }, 'none'],
  ['empty, blank and nil', '{% if a == empty %}1{% endif %}{% if b == blank %}2{% endif %}{% if c == nil %}3{% endif %}{% if nil == c %}4{% endif %}', { a: [], b: ' ' }, '1234'],
  ['group_by gives pairs', '{% assign g = list | group_by: "kind" %}{% for p in g %}{{ p[0] }}:{{ p[1].size }} {% endfor %}{{ none | group_by: "x" }}', { list: [{ kind: 'a' }, { kind: 'b' }, { kind: 'a' }], none: [] }, 'a:2 b:1 '],
  ['any, pluralize, to_param', '{{ list | any: "b" }} {{ "company" | pluralize }} {{ plan | to_param }} {{ service | to_param }} {{ 1 | to_param }}', { list: ['a', 'b'], plan: basic, service }, 'true companies plan_ids[]=1 service_id=7 cannot_be_converted_to_param'],
  ['to_param of a list', '{{ plans | to_param }}', { plans }, 'plan_ids[]=1&amp;plan_ids[]=2'],
  ['dom_id', '{{ plan | dom_id }}', { plan: basic }, 'application_plan_1'],
  ['whole numbers divide to whole numbers', '{{ 7 | divided_by: 2 }} {{ 7.5 | divided_by: 2.5 }} {{ 1 | divided_by: 0 }}', {}, '3 3 Liquid error: divided by 0'],
  ['sort, map, where, sum, join', '{{ plans | sort: "cost" | map: "name" | join: ", " }} {{ plans | where: "free?" | size }} {{ plans | sum: "cost" }}', { plans }, 'Basic, Pro 1 10'],
  ['and and or are read from the right', '{% if false and false or true %}yes{% else %}no{% endif %}', {}, 'no'],
  ['a missing comma and stray words are forgiven', `{{ 'x' | link_to: '/a' class: 'b' }}{{ 'y' zzz }}{% if true %}1{% endif if %}`, {}, '<a href="/a" class="b">x</a>y1'],
  ['an empty output prints nothing', 'a{{ }}b{{- -}}c', {}, 'abc'],
  ['loops go on where the last one ended', '{% for i in (1..5) limit: 2 %}{{ i }}{% endfor %}|{% for i in (1..5) offset: continue %}{{ i }}{% endfor %}|{% for i in (1..3) reversed %}{{ i }}{% endfor %}', {}, '12|345|321'],
  ['the loop outside is known', '{% for a in (1..2) %}{% for b in (1..1) %}{{ forloop.parentloop.index }}{% endfor %}{% endfor %}', {}, '12'],
  ['hashes loop as pairs', '{% for pair in h %}{{ pair[0] }}={{ pair[1] }};{% endfor %}', { h: { a: 1, b: 2 } }, 'a=1;b=2;'],
  ['tablerow makes rows', '{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}', {}, '<tr class="row1">\n<td class="col1">1</td><td class="col2">2</td></tr>\n<tr class="row2">\n<td class="col1">3</td></tr>\n'],
  ['cycle and ifchanged', "{% for i in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}{% for i in list %}{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}", { list: [1, 1, 2] }, 'aba12'],
  ['captured markup is markup', '{% capture c %}<b>{{ "<" }}</b>{% endcapture %}{{ c }}', {}, '<b>&lt;</b>'],
  ['what is escaped is not escaped twice', '{{ "<" | escape }} {{ "a&amp;b" | escape_once }}', {}, '&lt; a&amp;b'],
  ['markup stays markup where text is added, and the text is escaped', '{{ h | append: "<" }}{{ list | join: h }}', { h: safeHtml('<br>'), list: ['a', '<'] }, '<br>&lt;a<br>&lt;'],
  ['newlines become line breaks', '{{ "a<\nb" | newline_to_br }}', {}, 'a&lt;<br />\nb'],
  ['dates', '{{ 0 | date: "%Y-%m-%d" }} {{ "2026-11-23" | date: "%B %d, %Y" }} {{ "no date" | date: "%Y" }}', {}, '1970-01-01 November 23, 2026 no date'],
  ['default', '{{ a | default: "x" }}{{ false | default: "y" }}{{ false | default: "z", allow_false: true }}{{ "" | default: "e" }}', {}, 'xyfalsee'],
  ['a drop prints its text', '{{ service }}', { service }, 'API'],
  ['mail_to and link_to', "{{ 'a@b.c' | mail_to }} {{ 'Go' | link_to: '/x?a=1&b=2', class: 'btn' }}", {}, '<a href="mailto:a@b.c">a@b.c</a> <a href="/x?a=1&amp;b=2" class="btn">Go</a>'],
  ['asset filters', "{{ 'stats.js' | javascript_include_tag }}{{ '/css/a.css' | stylesheet_link_tag }}{{ 'tick.png' | image_tag }}", {}, '<script src="/javascripts/stats.js"></script><link rel="stylesheet" type="text/css" media="screen" href="/css/a.css"><img src="/images/tick.png">'],
  ['errors become a class and a sentence', '{{ e | error_class }} {{ e | inline_errors }} {{ none | error_class }}', { e: ['is short', 'is <odd>', 'is old'], none: [] }, 'error <p class="inline-errors">is short, is &lt;odd&gt; and is old</p> '],
  ['tags of old times print nothing', "{% portlet 'x' %}{% latest_forum_posts %}{% stripe_form %}{% ogone_form 'Pay' %}{% credit_card_missing %}{% debug %}", {}, ''],
  ['an undefined variable of plan_widget is named', '{% plan_widget nope, wizard: true %}', {}, "plan_widget: the variable 'nope' is not defined"],
  ['assign, increment, comment, raw, liquid', "{% assign a = 'x' %}{{ a }}{% increment n %}{% increment n %}{% comment %}{{ hidden }}{% if %}{% endcomment %}{% raw %}{{ a }}{% endraw %}{% liquid echo a %}", {}, 'x01{{ a }}x'],
  ['text compares and contains', '{% if name == "Ann" and name contains "nn" %}yes{% endif %}{% if list contains "b" %} too{% endif %}', { name: typedText('Ann'), list: ['a', 'b'] }, 'yes too'],
]

describe('the Liquid of portal templates', () => {
  it.each(cases)('%s', (_, template, assigns, printed) => {
    expect(bodyOf(template, assigns)).toBe(printed)
  })

  it('an unknown tag is a mistake, with its template and line', () => {
    expect(answerOf('a\nb{% nonsense %}')).toEqual({ ok: false, problem: { template: 'pages/p', line: 2, reason: 'There is no tag `{% nonsense %}`.', kind: 'syntax' } })
    expect(answerOf("{% include 'x' %}", {}, { partials: { x: '\n\n{% if %}' } })).toMatchObject({ problem: { template: 'partials/x', line: 3, kind: 'syntax' } })
  })

  it('the layout has the page inside and the blocks it stashed', () => {
    const layoutText = '<head>{{ content_of.head }}</head><main>{% content %}</main>'
    const answer = answerOf('{% content_for head %}<a>{% endcontent_for %}Hi{% content_for head %}{{ "<" }}{% endcontent_for %}', {}, { layoutText })
    expect(answer).toMatchObject({ ok: true, body: '<head><a>&lt;</head><main>Hi</main>', stored: { head: '<a>&lt;' } })
  })

  it('escaping can be off for a portal, and then only what developers typed is escaped', () => {
    expect(bodyOf('{{ a }}{{ b }}{{ a | append: b }}', { a: '<i>', b: typedText('<b>') }, { escape: false })).toBe('<i>&lt;b&gt;<i>&lt;b&gt;')
  })

  it('disable_client_cache leaves headers', () => {
    expect(answerOf('{% disable_client_cache %}')).toMatchObject({ headers: { 'cache-control': expect.stringContaining('no-store') as string } })
  })

  it('sort_link toggles the direction and keeps the rest of the query', () => {
    const form = { authenticityToken: '', path: '/admin/applications', query: 'q=a&sort=level&direction=asc' }
    expect(bodyOf('{% sort_link column: "level" label: "Level" %}', {}, { form })).toBe('<a class="current asc" href="/admin/applications?q=a&amp;sort=level&amp;direction=desc">Level</a>')
    expect(bodyOf('{% sort_link column: "created_at" %}', {}, { form })).toContain('>Created At</a>')
  })

  it('csrf, essentials and the section of the page', () => {
    expect(bodyOf('{% csrf %}')).toBe('<meta name="csrf-param" content="authenticity_token">\n<meta name="csrf-token" content="tok&#34;en">')
    expect(bodyOf('{% 3scale_essentials %}')).toContain('<script src="/javascripts/3scale.js"></script>')
    expect(bodyOf('{% page_section %}/{% page_sub_section %}', {}, { page: 'applications/show', templates: { 'pages/applications/show': '{% page_section %}/{% page_sub_section %}' } })).toBe('applications/show')
  })

  it('cdn_asset takes quoted and bare paths and refuses other files', () => {
    expect(bodyOf("{% cdn_asset /jquery/3.7.1/jquery.min.js %}{% cdn_asset '/font-awesome/4.3.0/css/font-awesome.min.css' %}")).toBe('')
    expect(bodyOf('{% cdn_asset /swagger-ui/2.2.10/swagger-ui.js %}')).toBe('<script src="/javascripts/active_docs.js" defer></script>')
    expect(bodyOf('{% cdn_asset /a.exe %}')).toContain('Liquid error')
  })

  it('active_docs mounts the named document, or the first that is published', () => {
    const spec = (id: number, name: string, published: boolean) => drop('api_spec', id, { system_name: name, 'published?': published, url: `/swagger/spec/${name}.json` })
    const assigns = { provider: { api_specs: dropList([spec(1, 'old', false), spec(2, 'echo', true), spec(3, 'other', true)], (one) => one.system_name as string) } }
    expect(bodyOf('{% active_docs version: "2.0" services: "other" %}', assigns)).toContain('data-spec-url="/swagger/spec/other.json"')
    expect(bodyOf('{% active_docs version: "2.0" %}', assigns)).toContain('data-spec-url="/swagger/spec/echo.json"')
    expect(bodyOf('{% active_docs version: "2.0" services: "old" %}', assigns)).toBe('')
  })

  it('debug:help names variables and what they are, in a comment that cannot be left', () => {
    expect(bodyOf('{% debug:help %}', { plan: basic, 'x--><b>': 1 })).toMatch(/^<!--[^]*plan: application_plan \(name, system_name, free\?, cost\)[^]*-->$/)
    expect(bodyOf('{% debug:help %}', { 'x--><b>': 1 }).match(/-->/g)).toHaveLength(1)
  })
})

describe('include', () => {
  it.each([
    ['shares the scope both ways', "{% assign a = 1 %}{% include 'p' %}{{ b }}", { p: '{{ a }}{% assign b = 2 %}' }, {}, '12'],
    ['binds what it is given to the last part of its name', "{% include 'a/plan' with chosen %}", { 'a/plan': '{{ plan.name }}' }, { chosen: basic }, 'Basic'],
    ['renders once for each item of a list', "{% include 'plan' with plans %}", { plan: '[{{ plan.name }}]' }, { plans }, '[Basic][Pro]'],
    ['binds a variable named like the partial', "{% for field in fields %}{% include 'field' %}{% endfor %}", { field: '{{ field }};' }, { fields: ['a', 'b'] }, 'a;b;'],
    ['takes further variables', "{% include 'p', x: 1, y: name %}", { p: '{{ x }}{{ y }}' }, { name: 'n' }, '1n'],
    ['takes its name from a variable', '{% include which %}', { p: 'here' }, { which: 'p' }, 'here'],
    ['prints nothing for a partial that is missing', "a{% include 'gone' %}{% include nothing %}b", {}, {}, 'ab'],
    ['continues and breaks the loop of the caller', "{% for i in (1..4) %}{% include 'p' %}{{ i }}{% endfor %}", { p: '{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}' }, {}, '13'],
    ['is what menu, submenu and footer stand for', '{% menu %}{% submenu %}{% footer %}', { menu: 'M', submenu: 'S', footer: 'F' }, {}, 'MF'],
    ['render sees only what it is given', "{% assign a = 1 %}{% render 'p', b: 2 %}", { p: '[{{ a }}{{ b }}]' }, {}, '[2]'],
  ] as [string, string, Record<string, string>, Record<string, LiquidValue>, string][])('%s', (_, template, partials, assigns, printed) => {
    expect(bodyOf(template, assigns, { partials })).toBe(printed)
  })
})

describe('forms and buttons', () => {
  const application = drop('application', 42, { service })

  it.each([
    ['signup', 'post', '/signup', 'id="signup_form"'],
    ['login', 'post', '/session', 'id="new_session"'],
    ['password_reset', 'post', '/admin/account/password', ''],
    ['password_change', 'put', '/admin/account/password', 'name="password_reset_token" type="hidden" value="reset-me"'],
    ['invitation_signup', 'post', '/here', 'id="signup_form"'],
    ['invitation.create', 'post', '/admin/account/invitations', ''],
    ['account.personal_details', 'put', '/admin/account', ''],
    ['user.edit', 'put', '/admin/account/users/42', 'id="edit_user_42"'],
    ['user.personal_details', 'put', '/admin/account/personal_details', 'id="edit_personal_details"'],
    ['application.create', 'post', '/admin/applications?service_id=7', ''],
    ['application.update', 'put', '/admin/applications/42', ''],
    ['application.updateremote', 'put', '/admin/applications/42', 'data-remote="true"'],
    ['referrer_filter.createremote', 'post', '/admin/applications/42/referrer_filters', 'data-remote="true"'],
    ['contract.create', 'put', '/admin/contracts/42', ''],
    ['subscription.create', 'post', '/admin/service_contracts?service_id=7', ''],
    ['plan.change', 'put', '/buyer/account_contract', ''],
    ['message.create', 'post', '/admin/messages/sent', 'id="message-form"'],
    ['message.reply', 'post', '/admin/messages/received', 'name="reply_to" type="hidden" value="42"'],
  ])('%s sends %s %s', (kind, method, action, holds) => {
    const html = bodyOf(`{% form '${kind}', object, class: 'big' %}inside{% endform %}`, { object: application, password_reset_token: 'reset-me' })
    expect(html).toContain(`<form class="formtastic big"`)
    expect(html).toContain(`action="${action}" method="post" accept-charset="UTF-8"`)
    expect(html).toContain('<input name="authenticity_token" type="hidden" value="tok&#34;en">')
    expect(html.includes('<input name="_method" type="hidden" value="put">')).toBe(method === 'put')
    expect(html).toContain(holds)
    expect(html.endsWith('inside</form>')).toBe(true)
  })

  it('search asks by GET and carries no token', () => {
    const html = bodyOf("{% form 'search' %}{% endform %}")
    expect(html).toContain('method="get"')
    expect(html).not.toContain('authenticity_token')
  })

  it('the plans of the address stay in the sign-up form', () => {
    const html = bodyOf("{% form 'signup', {class: 'x'} %}{% endform %}", {}, { form: { authenticityToken: '', path: '/signup', query: 'plan_ids[]=3&plan_ids%5B%5D=4&other=1' } })
    expect(html).toContain('class="formtastic x"')
    expect(html.match(/name="plan_ids\[\]" type="hidden" value="(3|4)"/g)).toHaveLength(2)
  })

  it('a missing object and an unknown kind are said in place', () => {
    expect(bodyOf("{% form 'application.update', nope %}{% endform %}")).toMatch(/^<!-- form_tag error: .* -->$/)
    expect(bodyOf("{% form 'nonsense' %}{% endform %}")).toBe("unknown form 'nonsense'")
  })

  it('buttons are forms of one button', () => {
    const html = bodyOf("{{ 'Delete' | delete_button: '/a', class: 'x', confirm: 'Sure?', disable_with: 'wait', title: 't' }}")
    expect(html).toBe(
      '<form class="button_to" method="post" action="/a"><input type="hidden" name="_method" value="delete"><input type="hidden" name="authenticity_token" value="tok&#34;en"><button title="t" class="x" type="submit" data-confirm="Sure?" data-disable-with="wait">Delete</button></form>',
    )
    expect(bodyOf("{{ 'Go' | update_button: '/a' }}")).toContain('value="put"')
    expect(bodyOf("{{ 'Go' | create_button: '/a' }}")).not.toContain('_method')
    expect(bodyOf("{{ 'Go' | delete_button_ajax: '/a' }}")).toContain('data-remote="true"')
  })
})
