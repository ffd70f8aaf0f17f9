import { isIP } from 'node:net'
import { z } from 'zod'
import { PatternProblem, compileLinearPattern } from '@/lib/products/linear-pattern'
import { parsePattern } from '@/lib/products/pattern'
import { TemplateProblem, compileTemplate } from '@/lib/products/policy-template'

/**
 * Configurations of policies, field by field as APIcast names them (reference gateway 5.2). `title`, `description` and
 * the other words of `meta` make the forms of the dashboard; what a schema lets through, the gateway can run.
 */

/** Only objects with these fields: a misspelt setting would be one that silently does nothing. */
const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? `${issue.keys.map((key) => `“${key}”`).join(', ')}: there is no such setting here. Leave it out or mend its spelling.` : undefined) })

const text = (most: number) => z.string().max(most, `Use at most ${most} characters.`)
const seconds = (most: number) => z.number({ error: 'Write a number of seconds.' }).positive('Use more than 0 seconds.').max(most, `Use at most ${most} seconds.`)
const whole = (least: number, most: number) => z.number({ error: 'Write a whole number.' }).int('Write a whole number.').min(least, `Use at least ${least.toLocaleString('en')}.`).max(most, `Use at most ${most.toLocaleString('en')}.`)
const valueType = z.enum(['plain', 'liquid']).default('plain').meta({ title: 'The value is', labels: ['as it stands', 'Liquid'] })

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/
const noControls = (what: string) => text(2_000).refine((value) => !/[\x00-\x08\x0a-\x1f\x7f]/.test(value), `Leave line breaks and control characters out of the ${what}.`)

/** GW-4: what belongs to the hop, to framing or to us, also spelled with `_`. No policy sets or deletes it on the way up. */
const NOT_UPSTREAM = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect|content-length|host|via|forwarded|x-forwarded-.*|x-real-ip|x-request-id|x-3scale-proxy-secret-token|x-3scale-debug|x-gatehouse-.*)$/
/** GW-5: the same on the way down, and what would speak for other hosts of ours. */
const NOT_TO_CLIENT = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|alt-svc|clear-site-data|set-cookie2?|x-request-id|x-3scale-proxy-secret-token|x-gatehouse-.*)$/

/** Whether a policy has to leave a header alone. */
export function isProtectedHeader(name: string, way: 'request' | 'response'): boolean {
  const spelled = name.toLowerCase().replaceAll('_', '-')
  return (way === 'request' ? NOT_UPSTREAM : NOT_TO_CLIENT).test(spelled)
}

function problemOf(check: () => unknown): string | null {
  try {
    check()
    return null
  } catch (error) {
    if (error instanceof PatternProblem || error instanceof TemplateProblem) return error.message
    throw error
  }
}

/** Says at `path` what `check` finds wrong. */
function complain(ctx: z.core.$RefinementCtx, path: PropertyKey[], check: () => unknown): void {
  const message = problemOf(check)
  if (message) ctx.addIssue({ code: 'custom', path, message })
}

const regex = (options = '') =>
  text(450).superRefine((source, ctx) => complain(ctx, [], () => compileLinearPattern(source, options)))
const liquid = (most: number) => text(most).superRefine((source, ctx) => complain(ctx, [], () => compileTemplate(source)))

const headerChange = (way: 'request' | 'response') =>
  object({
    op: z.enum(['add', 'set', 'push', 'delete']).meta({ title: 'What to do', labels: ['Add a value if the header is there', 'Set', 'Add a value, header or not', 'Delete'] }),
    header: z
      .string()
      .trim()
      .regex(TOKEN, 'Write the name of a header, like X-Plan.')
      .refine((name) => !isProtectedHeader(name, way), 'The gateway sets this header itself, or it belongs to one connection only. Choose another one.')
      .meta({ title: 'Header' }),
    value: noControls('value').optional().meta({ title: 'Value', sometimes: true }),
    value_type: valueType,
  }).superRefine((change, ctx) => {
    if (change.op !== 'delete' && change.value === undefined) ctx.addIssue({ code: 'custom', path: ['value'], message: 'Write the value.' })
    if (change.value_type === 'liquid' && change.value) complain(ctx, ['value'], () => compileTemplate(change.value!))
  })

const verbs = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'ANY'])

const operation = object({
  left: text(2_000).meta({ title: 'Left' }),
  left_type: valueType.meta({ title: 'Left is' }),
  op: z.enum(['==', '!=', 'matches']).meta({ title: 'Operator', labels: ['is', 'is not', 'matches the expression'] }),
  right: text(2_000).meta({ title: 'Right' }),
  right_type: valueType.meta({ title: 'Right is' }),
}).superRefine(({ left, left_type, op, right, right_type }, ctx) => {
  if (left_type === 'liquid') complain(ctx, ['left'], () => compileTemplate(left))
  if (right_type === 'liquid') complain(ctx, ['right'], () => compileTemplate(right))
  else if (op === 'matches') complain(ctx, ['right'], () => compileLinearPattern(right))
})

const combineOp = z.enum(['and', 'or']).default('and').meta({ title: 'Hold together', labels: ['all of them', 'any of them'] })
const condition = object({
  operations: z.array(operation).max(20, 'Use at most 20 comparisons.').default([]).meta({ title: 'Comparisons', item: 'comparison' }),
  combine_op: combineOp,
}).meta({ title: 'Only where', description: 'Without a comparison: always.' })

const address = text(64).refine((value) => isNetwork(value.trim()), 'Write an address or a network, like 192.0.2.7 or 192.0.2.0/24.')

function isNetwork(value: string): boolean {
  const [address = '', bits, ...more] = value.split('/')
  // ipaddr.js reads `1.2.3` as an address too, and nobody means that one.
  const kind = isIP(address)
  return kind !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128)))
}

const cors = object({
  allow_origin: regex().optional().meta({ title: 'Allowed origins', description: 'An address like https://app.example.com, a regular expression that fits the whole origin, or * for every page. Empty: every page.' }),
  allow_methods: z.array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])).max(9).optional().meta({ title: 'Allowed methods', description: 'Empty: whatever the page asks for.' }),
  allow_headers: z.array(z.string().trim().regex(/^(\*|[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100})$/, 'Write the name of a header.')).max(100, 'Use at most 100 headers.').optional().meta({ title: 'Allowed headers', description: 'One a line. Empty: whatever the page asks for.' }),
  expose_headers: z.array(z.string().trim().regex(TOKEN, 'Write the name of a header.')).max(100, 'Use at most 100 headers.').optional().meta({ title: 'Headers pages may read', description: 'One a line, such as RateLimit and Retry-After.' }),
  allow_credentials: z.boolean().optional().meta({ title: 'Pages may send cookies', description: 'Only together with allowed origins: it is never granted to every page.' }),
  max_age: whole(0, 86_400).optional().meta({ title: 'Remembered for (seconds)', description: 'How long a browser need not ask again.' }),
})

const headers = object({
  request: z.array(headerChange('request')).max(100, 'Use at most 100 changes.').optional().meta({ title: 'On the way to your API', item: 'change' }),
  response: z.array(headerChange('response')).max(100, 'Use at most 100 changes.').optional().meta({ title: 'On the way to the caller', item: 'change' }),
})

const urlRewriting = object({
  commands: z
    .array(
      object({
        op: z.enum(['sub', 'gsub']).meta({ title: 'Replace', labels: ['the first place that fits', 'every place that fits'] }),
        regex: text(500).min(1, 'Write a regular expression.').meta({ title: 'Regular expression', description: 'Matched against the path, without the query.' }),
        replace: noControls('replacement').meta({ title: 'Replacement', description: '$1 stands for the first group, $0 for all that fits.' }),
        options: text(10).optional().meta({ title: 'Options', description: 'i ignores case.' }),
        break: z.boolean().optional().meta({ title: 'Stop here when it fits' }),
        methods: z.array(verbs).max(10).optional().meta({ title: 'Methods', description: 'Empty: all.' }),
      }).superRefine(({ regex: source, options }, ctx) => complain(ctx, ['regex'], () => compileLinearPattern(source, options ?? ''))),
    )
    .max(50, 'Use at most 50 commands.')
    .optional()
    .meta({ title: 'Path', item: 'command' }),
  query_args_commands: z
    .array(
      object({
        op: z.enum(['add', 'set', 'push', 'delete']).meta({ title: 'What to do', labels: ['Add a value if the parameter is there', 'Set', 'Add a value, parameter or not', 'Delete'] }),
        arg: text(200).min(1, 'Name the parameter.').meta({ title: 'Parameter' }),
        value: text(2_000).optional().meta({ title: 'Value', sometimes: true }),
        value_type: valueType,
      }).superRefine(({ op, value, value_type }, ctx) => {
        if (op !== 'delete' && value === undefined) ctx.addIssue({ code: 'custom', path: ['value'], message: 'Write the value.' })
        if (value_type === 'liquid' && value) complain(ctx, ['value'], () => compileTemplate(value))
      }),
    )
    .max(50, 'Use at most 50 commands.')
    .optional()
    .meta({ title: 'Query', item: 'command' }),
})

const ipCheck = object({
  check_type: z.enum(['whitelist', 'blacklist']).meta({ title: 'These addresses', labels: ['are let in, all others not', 'are kept out, all others not'] }),
  ips: z.array(address).max(1_000, 'Use at most 1,000 addresses.').meta({ title: 'Addresses and networks', description: 'One a line, like 192.0.2.7 or 2001:db8::/32.' }),
  error_msg: text(2_000).default('IP address not allowed').meta({ title: 'What the caller is told' }),
  client_ip_sources: z.array(z.enum(['last_caller', 'X-Forwarded-For', 'X-Real-IP', 'proxy_protocol'])).max(4).optional().meta({ hidden: true }),
})

const limiterKey = object({
  name: text(500).min(1, 'Name what is counted together.').meta({ title: 'Counted together', description: 'Calls for which this gives the same text, like {{ remote_addr }} or {{ jwt.sub }}.' }),
  name_type: valueType.meta({ title: 'It is' }),
  scope: z.enum(['service', 'global']).default('service').meta({ hidden: true }),
}).superRefine(({ name, name_type }, ctx) => {
  if (name_type === 'liquid') complain(ctx, ['name'], () => compileTemplate(name))
}).meta({ title: 'What is counted' })

const onError = (status: number, what: string) =>
  object({
    status_code: whole(400, 599).default(status).meta({ title: 'Status' }),
    error_handling: z.enum(['exit', 'log']).default('exit').meta({ title: what, labels: ['is refused', 'is let through'] }),
  })

const rateLimit = object({
  fixed_window_limiters: z
    .array(object({ key: limiterKey, count: whole(1, 10_000_000).meta({ title: 'Calls' }), window: whole(1, 86_400).meta({ title: 'In seconds' }), condition: condition.optional() }))
    .max(10, 'Use at most 10.')
    .optional()
    .meta({ title: 'So many calls in so many seconds', item: 'limit' }),
  leaky_bucket_limiters: z
    .array(object({ key: limiterKey, rate: whole(1, 1_000_000).meta({ title: 'Calls a second' }), burst: whole(0, 1_000_000).meta({ title: 'More at once' }), condition: condition.optional() }))
    .max(10, 'Use at most 10.')
    .optional()
    .meta({ title: 'Calls a second, with a burst', item: 'limit' }),
  connection_limiters: z
    .array(object({ key: limiterKey, conn: whole(1, 10_000).meta({ title: 'Calls under way' }), burst: whole(0, 10_000).default(0).meta({ title: 'More at once' }), delay: z.number().min(0).max(60).default(1).meta({ hidden: true }), condition: condition.optional() }))
    .max(10, 'Use at most 10.')
    .optional()
    .meta({ title: 'Calls under way at the same time', item: 'limit' }),
  limits_exceeded_error: onError(429, 'A call over a limit').optional().meta({ title: 'Over a limit' }),
  configuration_error: onError(500, 'A call that cannot be counted').optional().meta({ title: 'When it cannot be counted' }),
  redis_url: text(500).optional().meta({ hidden: true }),
})

const maintenanceMode = object({
  status: whole(200, 599).default(503).meta({ title: 'Status' }),
  message: text(8_000).default('Service Unavailable - Maintenance').meta({ title: 'What callers are told', long: true }),
  message_content_type: z.string().trim().regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\w-]+=("[^"\\\x00-\x1f\x7f]*"|[\w.-]+))*$/, 'Write a content type, like text/plain; charset=utf-8.').default('text/plain; charset=utf-8').meta({ title: 'Content type' }),
  condition: condition.optional(),
})

const secretText = (title: string) => text(4_000).optional().meta({ title, secret: true, sometimes: true })

const defaultCredentials = object({
  auth_type: z.enum(['user_key', 'app_id_and_app_key']).meta({ title: 'Anonymous calls use', labels: ['a user key', 'an application id and key'] }),
  user_key: secretText('User key'),
  app_id: text(255).optional().meta({ title: 'Application id', sometimes: true }),
  app_key: secretText('Application key'),
}).superRefine(({ auth_type, user_key, app_id, app_key }, ctx) => {
  const missing = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message })
  if (auth_type === 'user_key' && !user_key) missing('user_key', 'Name the user key of the application anonymous calls belong to.')
  if (auth_type === 'app_id_and_app_key' && !app_id) missing('app_id', 'Name the application anonymous calls belong to.')
  if (auth_type === 'app_id_and_app_key' && !app_key) missing('app_key', 'Name a key of that application.')
})

const jwtClaimCheck = object({
  error_message: text(2_000).default('Request blocked due to JWT claim policy').meta({ title: 'What the caller is told' }),
  rules: z
    .array(
      object({
        resource: text(500).min(1, 'Write a path, like /orders.').meta({ title: 'Path', description: 'Matched like a mapping rule.' }),
        resource_type: valueType.meta({ title: 'The path is' }),
        methods: z.array(verbs).max(10).optional().meta({ title: 'Methods', description: 'Empty: all.' }),
        combine_op: combineOp,
        operations: z
          .array(
            object({
              jwt_claim: text(500).min(1, 'Name the claim.').meta({ title: 'Claim' }),
              jwt_claim_type: valueType.meta({ title: 'The claim is' }),
              op: z.enum(['==', '!=', 'matches']).meta({ title: 'Operator', labels: ['is', 'is not', 'matches the expression'] }),
              value: text(2_000).meta({ title: 'Value' }),
              value_type: valueType,
            }).superRefine(({ jwt_claim, jwt_claim_type, op, value, value_type }, ctx) => {
              if (jwt_claim_type === 'liquid') complain(ctx, ['jwt_claim'], () => compileTemplate(jwt_claim))
              if (value_type === 'liquid') complain(ctx, ['value'], () => compileTemplate(value))
              else if (op === 'matches') complain(ctx, ['value'], () => compileLinearPattern(value))
            }),
          )
          .min(1, 'Name at least one claim.')
          .max(20, 'Use at most 20 comparisons.')
          .meta({ title: 'Claims', item: 'claim' }),
      }).superRefine(({ resource, resource_type }, ctx) => {
        if (resource_type === 'liquid') return complain(ctx, ['resource'], () => compileTemplate(resource))
        try {
          parsePattern(resource)
        } catch {
          ctx.addIssue({ code: 'custom', path: ['resource'], message: 'Write a path that begins with /, like /orders/{id}.' })
        }
      }),
    )
    .min(1, 'Add at least one rule.')
    .max(50, 'Use at most 50 rules.')
    .meta({ title: 'Rules', item: 'rule' }),
})

const upstreamConnection = object({
  connect_timeout: seconds(30).optional().meta({ title: 'To connect (seconds)' }),
  send_timeout: seconds(300).optional().meta({ title: 'To send (seconds)', description: 'Sending and waiting for the first byte are one wait here; the longer of the two counts.' }),
  read_timeout: seconds(300).optional().meta({ title: 'For an answer (seconds)', description: 'To the first byte, and between two pieces of the answer.' }),
})

const retry = object({ retries: whole(1, 10).default(1).meta({ title: 'Further tries' }) })

const payloadLimits = object({
  request: whole(0, 1024 ** 3).optional().meta({ title: 'Largest request (bytes)', description: '0 or empty: the bound on the Gateway page.' }),
  response: whole(0, 1024 ** 3).optional().meta({ title: 'Largest answer (bytes)', description: '0 or empty: any.' }),
})

const logging = object({
  enable_access_logs: z.boolean().default(true).meta({ title: 'Write a line for each call' }),
  custom_logging: liquid(2_000).optional().meta({ title: 'The line', description: 'Liquid, like [{{ time }}] {{ http_method }} {{ uri }} {{ status }}. Empty: time, address, method, path and status.' }),
  enable_json_logs: z.boolean().optional().meta({ title: 'As JSON' }),
  json_object_config: z
    .array(
      object({ key: text(100).min(1, 'Name the field.').meta({ title: 'Field' }), value: text(2_000).meta({ title: 'Value' }), value_type: valueType }).superRefine(({ value, value_type }, ctx) => {
        if (value_type === 'liquid') complain(ctx, ['value'], () => compileTemplate(value))
      }),
    )
    .max(30, 'Use at most 30 fields.')
    .optional()
    .meta({ title: 'Fields of the JSON line', item: 'field' }),
  condition: condition.optional(),
})

const customMetrics = object({
  rules: z
    .array(
      object({
        metric: liquid(255).min(1, 'Name the metric.').meta({ title: 'Metric', description: 'Its system name, or Liquid that gives one, like status_{{ status }}.' }),
        increment: liquid(500).min(1, 'Write by how much it grows.').meta({ title: 'Grows by', description: 'A whole number, or Liquid that gives one, like {{ resp.headers[\'x-items\'] }}.' }),
        condition,
      }),
    )
    .max(20, 'Use at most 20 rules.')
    .meta({ title: 'Rules', item: 'rule' }),
})

/** For what needs no setting, or has none that means anything here. */
const anything = z.looseObject({})

export const policySchemas = {
  cors,
  headers,
  url_rewriting: urlRewriting,
  ip_check: ipCheck,
  rate_limit: rateLimit,
  maintenance_mode: maintenanceMode,
  default_credentials: defaultCredentials,
  jwt_claim_check: jwtClaimCheck,
  upstream_connection: upstreamConnection,
  retry,
  payload_limits: payloadLimits,
  logging,
  custom_metrics: customMetrics,
  apicast: anything,
  caching: anything,
  '3scale_batcher': anything,
} as const

export type PolicyName = keyof typeof policySchemas
export type PolicyConfiguration<Name extends PolicyName> = z.output<(typeof policySchemas)[Name]>
export type ConditionConfiguration = z.output<typeof condition>
