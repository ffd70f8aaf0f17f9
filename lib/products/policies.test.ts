import { describe, expect, it } from 'vitest'
import { isAppError } from '@/lib/errors'
import { parsePolicies, policyDefinitions, policyJsonSchema } from '@/lib/products/policies'
import { policySchemas } from '@/lib/products/policy-schemas'
import { TemplateProblem, compileTemplate } from '@/lib/products/policy-template'

const problemsOf = (name: string, configuration: unknown): string[] => {
  try {
    parsePolicies([{ name, configuration }])
    return []
  } catch (error) {
    if (isAppError(error)) return Object.keys(error.fields ?? {}).map((path) => path.replace('policies.0.configuration.', ''))
    throw error
  }
}

describe('parsePolicies', () => {
  // As 3scale's own documentation and portal write them.
  it.each([
    ['apicast', {}],
    ['cors', { allow_headers: ['App-Id', 'Content-Type'], allow_methods: ['GET', 'POST'], allow_origin: 'https://example.com', allow_credentials: true }],
    ['headers', { response: [{ op: 'add', header: 'Custom-Header', value_type: 'plain', value: 'any-value' }], request: [{ op: 'set', header: 'Authorization', value_type: 'liquid', value: "Bearer {{ headers['authorization'] }}" }] }],
    ['url_rewriting', { query_args_commands: [{ op: 'set', arg: 'query_arg', value: '{{ jwt.aud }}', value_type: 'liquid' }], commands: [{ op: 'sub', regex: '^/api/v\\d+/', replace: '/internal/', options: 'i' }] }],
    ['ip_check', { check_type: 'blacklist', ips: ['1.2.3.4', '1.2.3.0/4', '2001:db8::/32'], client_ip_sources: ['X-Forwarded-For', 'last_caller'] }],
    ['rate_limit', { fixed_window_limiters: [{ key: { name: 'fixed_window_limiters_test1', scope: 'service' }, count: 2, window: 10 }], leaky_bucket_limiters: [{ key: { name: '{{ host }}', name_type: 'liquid' }, rate: 20, burst: 10 }], connection_limiters: [{ key: { name: 'c' }, conn: 1, burst: 1, delay: 0.1 }], redis_url: 'redis://localhost:6379/1', limits_exceeded_error: { status_code: 429, error_handling: 'exit' }, configuration_error: { status_code: 500, error_handling: 'log' } }],
    ['maintenance_mode', { message: 'Be back soon..', status: 503, message_content_type: 'text/plain; charset=utf-8' }],
    ['default_credentials', { auth_type: 'user_key', user_key: 'some_user_key' }],
    ['default_credentials', { auth_type: 'app_id_and_app_key', app_id: 'a', app_key: 'k' }],
    ['jwt_claim_check', { error_message: 'error_message', rules: [{ operations: [{ op: '==', jwt_claim: 'role', jwt_claim_type: 'plain', value: 'admin' }], combine_op: 'and', methods: ['GET'], resource: '/resource', resource_type: 'plain' }] }],
    ['upstream_connection', { connect_timeout: 5.1, send_timeout: 10, read_timeout: 10 }],
    ['retry', { retries: 3 }],
    ['payload_limits', { request: 100, response: 0 }],
    ['logging', { enable_access_logs: false, custom_logging: '[{{time_local}}] {{host}}:{{server_port}} {{status}}', enable_json_logs: true, json_object_config: [{ key: 'host', value: '{{host}}', value_type: 'liquid' }], condition: { operations: [{ left: '{{status}}', left_type: 'liquid', op: '==', right: '200' }], combine_op: 'and' } }],
    ['custom_metrics', { rules: [{ metric: 'error', increment: '1', condition: { combine_op: 'and', operations: [{ left: '{{status}}', left_type: 'liquid', op: '==', right: '400' }] } }] }],
    ['caching', { caching_type: 'resilient' }],
    ['3scale_batcher', { auths_ttl: 10 }],
  ])('%s is read as APIcast writes it', (name, configuration) => {
    const [entry] = parsePolicies([{ name, version: 'builtin', enabled: true, configuration: { $schema: 'http://apicast.io/policy-v1/schema', ...configuration } }])
    expect(entry).toMatchObject({ name, version: 'builtin', enabled: true, configuration })
    // What is stored is read again at promotion, as it stands.
    expect(parsePolicies([entry])).toEqual([entry])
  })

  it.each([
    ['cors', { allow_origin: '(?=a)' }, ['allow_origin']],
    ['cors', { alow_origin: '*' }, ['policies.0.configuration']],
    ['headers', { request: [{ op: 'set', header: 'X A', value: 'x' }] }, ['request.0.header']],
    ['headers', { request: [{ op: 'set', header: 'X-A', value: 'a\nb' }] }, ['request.0.value']],
    ['headers', { request: [{ op: 'set', header: 'X-A' }] }, ['request.0.value']],
    ['headers', { response: [{ op: 'set', header: 'X-A', value: '{% for a in b %}{% endfor %}', value_type: 'liquid' }] }, ['response.0.value']],
    ['url_rewriting', { commands: [{ op: 'sub', regex: '(a', replace: '' }] }, ['commands.0.regex']],
    ['ip_check', { check_type: 'whitelist', ips: ['1.2.3', '1.2.3.4/33', 'x', '::1/129', '1.2.3.4'] }, ['ips.0', 'ips.1', 'ips.2', 'ips.3']],
    ['ip_check', { ips: [] }, ['check_type']],
    ['rate_limit', { fixed_window_limiters: [{ key: { name: '{{ x', name_type: 'liquid' }, count: 0, window: 1 }] }, ['fixed_window_limiters.0.count', 'fixed_window_limiters.0.key.name']],
    ['maintenance_mode', { status: 99 }, ['status']],
    ['maintenance_mode', { message_content_type: 'text/html\r\nX: y' }, ['message_content_type']],
    ['default_credentials', { auth_type: 'user_key' }, ['user_key']],
    ['jwt_claim_check', { rules: [] }, ['rules']],
    ['jwt_claim_check', { rules: [{ resource: 'x', operations: [{ op: 'matches', jwt_claim: 'a', value: '(' }] }] }, ['rules.0.operations.0.value', 'rules.0.resource']],
    ['upstream_connection', { connect_timeout: 0 }, ['connect_timeout']],
    ['retry', { retries: 11 }, ['retries']],
    ['payload_limits', { request: -1 }, ['request']],
    ['logging', { custom_logging: '{{ a | nofilter }}' }, ['custom_logging']],
    ['custom_metrics', { rules: [{ metric: '', increment: '1', condition: {} }] }, ['rules.0.metric']],
  ])('%s with %j is refused by field', (name, configuration, paths) => {
    expect(problemsOf(name, configuration).toSorted()).toEqual([...paths].toSorted())
  })

  it.each([
    ['ip_check', {}, { check_type: 'Choose one of whitelist, blacklist.', ips: 'This is missing. Write a list.' }],
    ['cors', { allow_origin: 5, allow_methods: 'GET, POST', allow_credentials: 'yes', max_age: null }, { allow_origin: 'Write a text.', allow_methods: 'Write a list.', allow_credentials: 'Write true or false.', max_age: 'Write a whole number.' }],
    ['headers', { request: ['x'], response: [{ op: 'rename', header: 5 }] }, { 'request.0': 'Write an object.', 'response.0.op': 'Choose one of add, set, push, delete.', 'response.0.header': 'Write a text.' }],
    ['rate_limit', { connection_limiters: [{ key: { name: 'c' }, conn: 1, burst: 1, delay: 61 }] }, { 'connection_limiters.0.delay': 'Use at most 60.' }],
  ])('%s with %j is told in words for people, once for each place', (name, configuration, words) => {
    const told = Object.fromEntries(Object.entries(words).map(([path, message]) => [`policies.0.configuration.${path}`, [message]]))
    expect(() => parsePolicies([{ name, configuration }])).toThrow(expect.objectContaining({ fields: told }))
  })

  it('takes a chain under policies_config, an unknown name only where it is registered', () => {
    expect(parsePolicies({ policies_config: [{ name: 'apicast' }] })).toHaveLength(1)
    expect(() => parsePolicies([{ name: 'soap' }])).toThrow('There is no policy “soap” here')
    expect(parsePolicies([{ name: 'soap', version: '1.2', configuration: { any: ['thing'] } }], new Set(['soap']))).toEqual([{ name: 'soap', version: '1.2', enabled: true, configuration: { any: ['thing'] } }])
  })

  it.each([['text', 'x'], ['no list', {}], ['a null', [null]], ['no name', [{}]], ['two lines', [{ name: 'apicast' }, { name: 'apicast' }]], ['too many', Array.from({ length: 51 }, () => ({ name: 'retry' }))], ['odd configuration', [{ name: 'retry', configuration: 'x' }]]])('refuses %s', (_, chain) => {
    expect(() => parsePolicies(chain)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })

  it('every policy has a schema, a sentence and a form', () => {
    expect(policyDefinitions.map(({ name }) => name).toSorted()).toEqual(Object.keys(policySchemas).toSorted())
    for (const { name, kind, sentence } of policyDefinitions) {
      expect(sentence).toMatch(/\.$/)
      if (kind === 'active') expect(Object.keys(policyJsonSchema(name).properties as object).length, name).toBeGreaterThan(0)
    }
  })
})

describe('compileTemplate', () => {
  const scope = Object.assign(Object.create({ inherited: 'no' }) as object, { a: 'b', list: ['x', 'y'] })

  it.each([
    ['plain', 'plain'], ['{{ a }}-{{ list | first }}', 'b-x'], ["{% if a == 'b' %}yes{% else %}no{% endif %}", 'yes'], ['{{ a | md5 }}', '92eb5ffee6ae2fec3ad71c777531578f'], ["{{ 'a b' | escape_uri }}{{ 'YQ==' | decode_base64 }}", 'a%20ba'],
    ['{{ inherited }}{{ a.constructor }}{{ list.constructor.name }}', ''], ['{{ nothing.at.all }}', ''], ["{{ 'x' | split: '' | first | times: 'y' }}", '0'],
  ])('%s gives %s', (source, expected) => {
    expect(compileTemplate(source)(scope)).toBe(expected)
  })

  it.each(['{{ a', '{% for i in (1..9) %}{% endfor %}', "{% include 'x' %}", "{% render 'x' %}", '{% capture x %}{% endcapture %}', '{{ a | unknown }}', '{% layout "x" %}', 'x'.repeat(2_001)])('LQ-2 refuses %s', (source) => {
    expect(() => compileTemplate(source)).toThrow(TemplateProblem)
  })

  it('LQ-1 a text that would grow without bound gives nothing', () => {
    const doubling = "{% assign a = 'xxxxxxxxxx' %}" + '{% assign a = a | append: a %}'.repeat(40) + '{{ a }}'
    expect(compileTemplate(doubling)(scope)).toBe('')
  })
})
