/** A member of an OpenAPI document: untrusted, so every step asks what it is. */
export type Node = Record<string, unknown>

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

export const nodeOf = (value: unknown): Node => (isNode(value) ? value : {})

export const httpMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const

/** Every path item of the document, those kept under components (3.1) as well. */
export function pathItems(document: Node): Node[] {
  return [...Object.values(nodeOf(document.paths)), ...Object.values(nodeOf(nodeOf(document.components).pathItems))].filter(isNode)
}

/** The operations of a path item. */
export function operationsOf(item: Node): Node[] {
  return httpMethods.map((method) => item[method]).filter(isNode)
}

const REFERENCE_MAX = 1_000

/** What a reference within the document leads to, or the value itself. Ends after 32 hops: a circle has no end. */
export function resolveNode(document: Node, value: unknown): Node | null {
  let node = value
  for (let hops = 0; hops < 32; hops++) {
    if (!isNode(node)) return null
    const reference = node.$ref
    if (typeof reference !== 'string') return node
    if (!reference.startsWith('#/') || reference.length > REFERENCE_MAX) return null
    node = reference
      .slice(2)
      .split('/')
      .map((part) => decodePart(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((parent, key) => (isNode(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined), document)
  }
  return null
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A stray per cent sign is a character like any other.
    return part
  }
}
