import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit, type Document } from 'yaml'
import { DocumentError, documentLimits } from './parsed-document.ts'
import { placeOf, scanJson, type JsonPath } from './scan-json.ts'

/**
 * Text to plain values, JSON or YAML (core schema), within the bounds of DOC-4. Relative imports: this part runs in a
 * worker thread, where Node strips the types itself and knows no alias.
 */
export type ReadDocument = {
  value: Record<string, unknown>
  /** Where the value at `path` is written; the nearest parent's place if it is not written itself. */
  placeAt(path: JsonPath): Place | null
}

type Place = { line: number; column: number }

/** Throws `DocumentError` with line and reason. */
export function readDocument(text: string): ReadDocument {
  if (Buffer.byteLength(text) > documentLimits.bytesMax) throw new DocumentError('The document is larger than 10 MB.')
  const start = text.replace(/^\uFEFF/, '').trimStart()
  if (start === '') throw new DocumentError('The document is empty.')
  const read = start[0] === '{' || start[0] === '[' ? readJson(text) : readYaml(text)
  assertDepth(read)
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) throw new DocumentError('This is no API description: expected an object with "openapi" or "swagger" on top.', { line: 1, column: 1 })
  assertNoExternalReference(read)
  return read as ReadDocument
}

type Read = { value: unknown; placeAt(path: JsonPath): Place | null }

function readJson(text: string): Read {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    const result = scanJson(text)
    if (result.ok) throw new DocumentError('The document is not valid JSON.')
    throw new DocumentError(`Not valid JSON: ${result.reason}.`, placeOf(text, result.offset))
  }
  return {
    value,
    placeAt: nearest((path) => {
      const result = scanJson(text, path)
      return result.ok && result.offset !== null ? placeOf(text, result.offset) : null
    }),
  }
}

function readYaml(text: string): Read {
  const lines = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  let document: Document.Parsed
  try {
    document = parseDocument(text, { schema: 'core', version: '1.2', lineCounter: lines, prettyErrors: false, logLevel: 'silent', stringKeys: true })
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    throw error
  }
  const [mistake] = document.errors
  if (mistake?.message.includes('call stack')) throw tooDeep(place(mistake.pos[0]))
  if (mistake) throw new DocumentError(`Not valid YAML: ${mistake.message.replace(/\.$/, '')}.`, place(mistake.pos[0]))
  const [odd] = document.warnings
  if (odd?.code === 'TAG_RESOLVE_FAILED') throw new DocumentError(`Not valid YAML: ${odd.message.replace(/\.$/, '')}. Only plain YAML is read.`, place(odd.pos[0]))
  let aliases = 0
  visit(document, {
    Alias: (_, alias) => {
      if (++aliases > documentLimits.aliasesMax) throw new DocumentError(`The document uses more than ${documentLimits.aliasesMax} aliases.`, alias.range ? place(alias.range[0]) : null)
    },
  })
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: documentLimits.aliasesMax })
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    throw new DocumentError('The aliases of the document unfold to far more than was written.')
  }
  return { value, placeAt: nearest((path) => placeInYaml(document, path, place)) }
}

function placeInYaml(document: Document.Parsed, path: JsonPath, place: (offset: number) => Place): Place | null {
  let node: unknown = document.contents
  let range = document.contents?.range
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step))
      if (!pair) return null
      range = (pair.key as { range?: typeof range }).range
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      range = (node as { range?: typeof range } | undefined)?.range
    } else return null
  }
  return range ? place(range[0]) : null
}

/** Asks for the parent, and its parent, where a value is not written itself (a missing member, say). */
function nearest(find: (path: JsonPath) => Place | null): (path: JsonPath) => Place | null {
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const place = find(path.slice(0, length))
      if (place) return place
    }
    return null
  }
}

const tooDeep = (place: Place | null = null) => new DocumentError(`The document is nested deeper than ${documentLimits.depthMax} levels.`, place)

function assertDepth(read: Read): void {
  walk(read.value, (path) => {
    if (path.length > documentLimits.depthMax) throw tooDeep(read.placeAt(path))
  })
}

/** DOC-4: nothing is fetched or read from disk for a document. Examples may hold what they like. */
function assertNoExternalReference(read: Read): void {
  walk(read.value, (path, value) => {
    if (path.at(-1) !== '$ref' || typeof value !== 'string' || value.startsWith('#')) return
    const within = path.slice(0, -1)
    if (within.some((step) => step === 'example' || step === 'examples' || step === 'default' || step === 'enum')) return
    // A schema may have a property that is called $ref.
    if (within.at(-1) === 'properties') return
    throw new DocumentError('"$ref" points outside the document. Bundle everything into one file, then import it.', read.placeAt(path))
  })
}

/** Every member, parents first. Recursion ends at the depth limit because `visitor` throws there. */
function walk(value: unknown, visitor: (path: JsonPath, value: unknown) => void, path: JsonPath = []): void {
  visitor(path, value)
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) walk(value[i], visitor, [...path, i])
  else if (typeof value === 'object' && value !== null) for (const key of Object.keys(value)) walk((value as Record<string, unknown>)[key], visitor, [...path, key])
}
