import { validate } from '@readme/openapi-parser'
import { DocumentError, type ParsedDocument } from './parsed-document.ts'
import type { ReadDocument } from './read-document.ts'
import { pathOfPrettyLine, type JsonPath } from './scan-json.ts'

// What an import can live with is a warning: it does not change which calls there are.
const lenient = {
  'array-without-items': 'warning',
  'duplicate-non-request-body-parameters': 'warning',
  'duplicate-operation-id': 'warning',
  'invalid-security-scheme-properties': 'warning',
  'non-optional-path-parameters': 'warning',
  'path-parameters-not-in-parameters': 'warning',
  'path-parameters-not-in-path': 'warning',
} as const

/** Checks the document against the specification it names. Throws `DocumentError` with line and reason. */
export async function validateDocument(document: ReadDocument): Promise<ParsedDocument['format']> {
  const format = formatOf(document)
  for (const path of Object.keys((document.value.paths as object | undefined) ?? {}))
    if (!path.startsWith('/') && !path.startsWith('x-')) throw new DocumentError(`The path "${path}" must begin with a slash.`, document.placeAt(['paths', path]))
  // The validator replaces references in what it is given.
  const copy = structuredClone(document.value)
  let result: Awaited<ReturnType<typeof validate>>
  try {
    result = await validate(copy as unknown as Parameters<typeof validate>[0], {
      resolve: { external: false, file: false },
      validate: { rules: { openapi: lenient, swagger: { ...lenient, 'unknown-required-schema-property': 'warning' } } },
    })
  } catch (error) {
    throw new DocumentError(`The document cannot be read: ${plain((error as Error).message)}.`)
  }
  if (result.valid) return format
  const message = result.errors[0]?.message ?? 'The document does not keep to the specification.'
  const path = pathOfMessage(message, document.value, copy)
  const where = path.length > 0 ? ` (at ${path.join(' → ')})` : ''
  throw new DocumentError(`Not valid ${format}: ${reasonOf(message)}${where}.`, document.placeAt(path))
}

function formatOf(document: ReadDocument): ParsedDocument['format'] {
  const { swagger, openapi, swaggerVersion } = document.value
  if (swagger === '2.0') return 'Swagger 2.0'
  if (typeof openapi === 'string' && /^3\.0\.\d+/.test(openapi)) return 'OpenAPI 3.0'
  if (typeof openapi === 'string' && /^3\.1\.\d+/.test(openapi)) return 'OpenAPI 3.1'
  const given = swagger ?? openapi ?? swaggerVersion
  const key = ['swagger', 'openapi', 'swaggerVersion'].find((name) => name in document.value)
  if (given === undefined || !key) throw new DocumentError('This is no API description: neither "openapi" nor "swagger" stands on top.', document.placeAt([]))
  if (typeof given === 'number') throw new DocumentError(`Put the version in quotes: ${key}: "${given === 2 ? '2.0' : given}".`, document.placeAt([key]))
  throw new DocumentError(`The version ${JSON.stringify(given)} is not read here. Swagger 2.0, OpenAPI 3.0 and OpenAPI 3.1 are.`, document.placeAt([key]))
}

/**
 * The validator names places in prose: schema errors with a frame of pretty-printed lines (`> 11 |`), of the
 * document with its references replaced; the others with a path in backticks.
 */
function pathOfMessage(message: string, original: unknown, dereferenced: unknown): JsonPath {
  const frameLine = /^\s*>\s*(\d+)\s*\|/m.exec(message)?.[1]
  if (frameLine) {
    try {
      return throughReferences(original, pathOfPrettyLine(JSON.stringify(dereferenced, null, 2).split('\n'), Number(frameLine)))
    } catch {
      // A circular document has no pretty-printed form, and then no frame that could be trusted.
      return []
    }
  }
  const missing = /(?:pointer|Token) "(#?[^"]+)"/.exec(message)?.[1]
  if (missing) return pathOfReference(original, missing) ?? []
  const pointer = /`(\/[^`]+)`/.exec(message)?.[1]
  return pointer ? pathOfProse(original, pointer) : []
}

/** A path in the document with references replaced, as a path in what was written. */
function throughReferences(root: unknown, path: JsonPath): JsonPath {
  let own: JsonPath = []
  let node = root
  const follow = () => {
    const reference = child(node, '$ref')
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return
    own = reference.slice(2).split('/').map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    node = own.reduce<unknown>(child, root)
  }
  for (const step of path) {
    if (child(node, step) === undefined) follow()
    own = [...own, step]
    node = child(node, step)
  }
  follow()
  return own
}

const child = (node: unknown, step: string | number): unknown => (typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[step] : undefined)

function pathOfReference(node: unknown, reference: string, path: JsonPath = []): JsonPath | null {
  if (typeof node !== 'object' || node === null) return null
  for (const [key, value] of Object.entries(node)) {
    const step = Array.isArray(node) ? Number(key) : key
    if (key === '$ref' && typeof value === 'string' && (value === reference || value.includes(reference))) return [...path, step]
    const found = pathOfReference(value, reference, [...path, step])
    if (found) return found
  }
  return null
}

/** `/paths/b/{x}/get/responses`: which part is the API's own path is not marked, so the longest that fits is taken. */
function pathOfProse(root: unknown, pointer: string): JsonPath {
  const path: JsonPath = []
  let node = root
  let rest = pointer
  while (rest.length > 1 && typeof node === 'object' && node !== null) {
    const key = Object.keys(node)
      .filter((name) => rest === `/${name}` || rest.startsWith(`/${name}/`) || rest === name || rest.startsWith(`${name}/`))
      .sort((one, other) => other.length - one.length)[0]
    if (key === undefined) break
    path.push(Array.isArray(node) ? Number(key) : key)
    node = (node as Record<string, unknown>)[key]
    rest = rest.slice(rest.startsWith('/') && !key.startsWith('/') ? key.length + 1 : key.length)
  }
  return path
}

/** `REQUIRED must have required property 'url'` and the frame after it become `must have required property 'url'`. */
function reasonOf(message: string): string {
  return plain(message.split('\n')[0]!.replace(/^[A-Z]{3,}( [A-Z]{3,})* (?=[a-z])/, ''))
}

const plain = (text: string) => text.trim().replace(/\.$/, '')
