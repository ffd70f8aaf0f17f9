import { isNode, type Node } from '@/lib/activedocs/document-node'

/** Members whose values are data, not parts of the document. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const'])

/** Members that become links, or that a viewer would fetch. */
const ADDRESSES = new Set(['url', 'termsOfService', 'authorizationUrl', 'tokenUrl', 'refreshUrl', 'openIdConnectUrl', 'externalValue'])

/**
 * Takes out of a document what must not reach a browser as an address: other schemes than http, https and mailto, and
 * references that a viewer would fetch (DOC-4). The viewer cleans markdown itself; this does not rely on it for links.
 */
export function scrubDocument(node: Node): void {
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string' && !value.startsWith('#')) delete node[key]
    else if (ADDRESSES.has(key) && typeof value === 'string' && !isHarmless(value)) delete node[key]
    else if (DATA.has(key)) dropReferences(value)
    else scrubValue(value)
  }
}

function scrubValue(value: unknown): void {
  if (Array.isArray(value)) value.forEach(scrubValue)
  else if (isNode(value)) scrubDocument(value)
}

/** A viewer follows references in examples, too; those of a document point nowhere outside (DOC-4), those in data may. */
function dropReferences(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(dropReferences)
  if (!isNode(value)) return
  if (typeof value.$ref === 'string' && !value.$ref.startsWith('#')) delete value.$ref
  if (typeof value.externalValue === 'string' && !isHarmless(value.externalValue)) delete value.externalValue
  Object.values(value).forEach(dropReferences)
}

/** Http, https, mailto, or no scheme at all; read as a browser does, which skips control characters and leading spaces. */
export function isHarmless(address: string): boolean {
  const bare = address.replace(/[\u0000-\u0020\u007f-\u009f]+/g, '')
  return /^(https?:|mailto:)/i.test(bare) || !/^[a-z][a-z0-9+.-]*:/i.test(bare)
}
