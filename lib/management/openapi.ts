import { z } from 'zod'
import type { ManagementRoute, Shape } from '@/lib/management/management-route'

type Node = Record<string, unknown>

/**
 * The route table as one OpenAPI 3.1 document. What it says of inputs and answers comes from the schemas that the door
 * checks requests with and the tests check answers with, so that it cannot say anything else than what is served.
 */
export function openapiDocument(routes: readonly ManagementRoute[], { server }: { server: string }): Node {
  const paths: Record<string, Node> = {}
  const shared = shareSchemas(routes)
  for (const route of routes) {
    const path = documentPath(route)
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, shared)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Management API', version: '1', description: INTRODUCTION },
    servers: [{ url: server }],
    security: [{ bearer: [] }, { access_token: [] }, { basic: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token of Settings → Access tokens.' },
        access_token: { type: 'apiKey', in: 'query', name: 'access_token', description: 'The same as a parameter, in the address or the body.' },
        basic: { type: 'http', scheme: 'basic', description: 'The same as user or as password.' },
      },
      schemas: {
        ...Object.fromEntries([...shared].map(([schema, name]) => [name, schemaOf(schema, 'output')])),
        Error: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
        Errors: { type: 'object', required: ['errors'], properties: { errors: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } } } },
        Status: { type: 'object', required: ['status'], properties: { status: { type: 'string' } } },
        Metadata: { type: 'object', required: ['per_page', 'total_entries', 'total_pages', 'current_page'], properties: Object.fromEntries(['per_page', 'total_entries', 'total_pages', 'current_page'].map((name) => [name, { type: 'integer' }])) },
      },
      responses: {
        Unauthenticated: { description: 'No access token, or one that is unknown, expired or revoked.', content: json(ref('Error')) },
        Forbidden: { description: 'The token lacks the scope or may only read, its member lacks the permission, or a deletion is refused.', content: json({ anyOf: [ref('Error'), ref('Status'), ref('Errors')] }) },
        NotFound: { description: 'There is no such object in this organisation.', content: json(ref('Status')) },
        Conflict: { description: 'The object is not in a state for this, or the first request with this Idempotency-Key is still running.', content: json({ anyOf: [ref('Error'), ref('Errors')] }) },
        Invalid: { description: 'Something is wrong with what was sent, by field.', content: json({ anyOf: [ref('Errors'), ref('Error')] }) },
        TooManyRequests: { description: 'Too many requests; `Retry-After` says when to go on.', content: json(ref('Error')) },
      },
    },
  }
}

/** Where a route stands in the document: `/admin/api/accounts/{account_id}.json`. */
export function documentPath({ path, formats }: Pick<ManagementRoute, 'path' | 'formats'>): string {
  return `${path.replace(/:(\w+)/g, '{$1}')}.${formats.includes('json') ? 'json' : formats[0]!}`
}

const INTRODUCTION = [
  'Paths end in `.json`; those that answer XML as well do so with `.xml`.',
  'Send fields flat, as a form or as JSON. `PATCH` answers like `PUT`.',
  'Lists take `page` and `per_page`; a request that names one of them gets `metadata`.',
  'A `POST` with the header `Idempotency-Key` is done once, however often it is sent within 24 hours.',
].join('\n')

function operationOf(route: ManagementRoute, shared: Shared): Node {
  const { method, path, tag, summary, scope, may, formats, texts = {}, input, paged, answers } = route
  const fields = Object.entries(input.shape as Record<string, z.ZodType>)
  const inQuery = method === 'GET' || method === 'DELETE'
  const parameters: Node[] = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: name! in texts ? { type: 'string' } : { type: 'integer' }, ...(texts[name!] && { description: texts[name!] }) }))
  if (inQuery) for (const [name, schema] of fields) parameters.push({ name, in: 'query', ...(isRequired(schema) && { required: true }), schema: inputSchema(schema) })
  if (paged) parameters.push({ name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } }, { name: 'per_page', in: 'query', schema: { type: 'integer', minimum: 1, maximum: typeof paged === 'object' ? paged.most : 500 } })
  if (method === 'POST') parameters.push({ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', minLength: 1, maxLength: 255 } })
  const more = formats.filter((format) => format !== 'json')
  return {
    operationId: `${method.toLowerCase()}${path.replace(/^\/(admin\/api|stats)/, (start) => (start === '/stats' ? '_stats' : '')).replace(/[/:]+/g, '_')}`,
    tags: [tag],
    summary,
    description: [`Scope \`${scope}\`${may === null ? '' : `, permission \`${may}\``}.`, ...(more.length > 0 && formats.includes('json') ? [`Also as ${more.map((format) => `\`.${format}\``).join(' and ')}.`] : [])].join(' '),
    ...(parameters.length > 0 && { parameters }),
    ...(!inQuery && fields.length > 0 && { requestBody: bodyOf(fields) }),
    responses: {
      ...successOf(answers, Boolean(paged), formats, shared),
      401: { $ref: '#/components/responses/Unauthenticated' },
      403: { $ref: '#/components/responses/Forbidden' },
      404: { $ref: '#/components/responses/NotFound' },
      ...(method !== 'GET' && { 409: { $ref: '#/components/responses/Conflict' } }),
      422: { $ref: '#/components/responses/Invalid' },
      429: { $ref: '#/components/responses/TooManyRequests' },
    },
  }
}

function bodyOf(fields: [string, z.ZodType][]): Node {
  const required = fields.filter(([, schema]) => isRequired(schema)).map(([name]) => name)
  const properties = Object.fromEntries(fields.map(([name, schema]) => [name, inputSchema(schema)]))
  const schema = { type: 'object', properties, ...(required.length > 0 && { required }) }
  const hasFile = Object.values(properties).some((property) => property.format === 'binary')
  return { required: required.length > 0, content: hasFile ? { 'multipart/form-data': { schema } } : { 'application/x-www-form-urlencoded': { schema }, 'application/json': { schema } } }
}

function successOf(answers: Shape, paged: boolean, formats: ManagementRoute['formats'], shared: Shared): Node {
  if (answers.kind === 'nothing') return { 200: { description: 'Done.' } }
  const status = answers.kind === 'many' ? 200 : (answers.status ?? 200)
  const type = formats.includes('json') ? 'application/json' : formats[0] === 'csv' ? 'text/csv' : 'application/xml'
  return { [status]: { description: status === 201 ? 'Made.' : 'Done.', content: { [type]: { schema: answerSchema(answers, paged, shared) } } } }
}

/** The JSON Schema of a whole answer. */
function answerSchema(answers: Exclude<Shape, { kind: 'nothing' }>, paged: boolean, shared: Shared): Node {
  const name = shared.get(answers.schema)
  const schema = name === undefined ? schemaOf(answers.schema, 'output') : ref(name)
  if (answers.kind === 'bare') return schema
  if (answers.kind === 'one') return { type: 'object', required: [answers.name], properties: { [answers.name]: schema } }
  const each = { type: 'object', required: [answers.each], properties: { [answers.each]: schema } }
  return { type: 'object', required: [answers.name], properties: { [answers.name]: { type: 'array', items: each }, ...(paged && { metadata: ref('Metadata') }) } }
}

/** Objects by their names in the document: `account` -> Account; a second one of a name has a number. */
type Shared = ReadonlyMap<z.ZodType, string>

function shareSchemas(routes: readonly ManagementRoute[]): Shared {
  const names = new Map<z.ZodType, string>()
  const taken = new Set(['Error', 'Errors', 'Status', 'Metadata'])
  for (const { answers } of routes) {
    if (answers.kind === 'nothing' || answers.kind === 'bare' || names.has(answers.schema)) continue
    const word = (answers.kind === 'many' ? answers.each : answers.name).replace(/(^|_)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase())
    let name = word
    for (let number = 2; taken.has(name); number++) name = `${word}${number}`
    taken.add(name)
    names.set(answers.schema, name)
  }
  return names
}

function inputSchema(schema: z.ZodType): Node {
  return schemaOf(schema, 'input')
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Node {
  const { $schema: _dialect, ...node } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // Zod's pattern of a time is longer than all the rest.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern
      // Pieces that take text and number alike say what they are at heart (lib/management/inputs.ts).
      const document = z.globalRegistry.get(zodSchema as z.core.$ZodType)?.document
      if (document === undefined) return
      for (const key of Object.keys(jsonSchema)) if (key !== 'description') delete jsonSchema[key]
      Object.assign(jsonSchema, document)
    },
  })
  delete (node as Node).document
  return node
}

const isRequired = (schema: z.ZodType) => !schema.safeParse(undefined).success

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const json = (schema: Node) => ({ 'application/json': { schema } })
