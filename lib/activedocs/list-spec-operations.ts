import { httpMethods, isNode, nodeOf, operationsOf, pathItems, resolveNode, type Node } from '@/lib/activedocs/document-node'

export type SpecOperation = { method: string; path: string; summary: string; description: string; deprecated: boolean; anchor: string }

/** Operations of one tag, in the order of the document. */
export type OperationGroup = { tag: string; description: string; operations: SpecOperation[] }

/** The operations by their first tag, tags in the order the document declares or uses them; what has none stands under `default`. */
export function listSpecOperations(document: Node): OperationGroup[] {
  const groups = new Map<string, OperationGroup>()
  const group = (tag: string, description = '') => groups.get(tag) ?? groups.set(tag, { tag, description, operations: [] }).get(tag)!
  for (const tag of Array.isArray(document.tags) ? document.tags.filter(isNode) : []) if (typeof tag.name === 'string') group(tag.name, plain(tag.description, 300))
  const anchors = new Map<string, number>()
  for (const [path, given] of Object.entries(nodeOf(document.paths))) {
    const item = resolveNode(document, given)
    if (!path.startsWith('/') || !item) continue
    for (const method of httpMethods) {
      const operation = resolveNode(document, item[method])
      if (!operation) continue
      const [tag] = Array.isArray(operation.tags) ? operation.tags : []
      const anchor = freeAnchor(anchors, `${method}${path.slice(0, 500).replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')}`)
      const description = plain(operation.description, 400)
      group(typeof tag === 'string' ? tag : 'default').operations.push({
        method: method.toUpperCase(),
        path,
        summary: plain(operation.summary, 200) || firstSentence(operation.description),
        description,
        deprecated: operation.deprecated === true,
        anchor,
      })
    }
  }
  return [...groups.values()].filter(({ operations }) => operations.length > 0)
}

/** The anchor, or with the first number that is free: a document may name thousands of paths that differ in nothing an anchor shows. */
function freeAnchor(taken: Map<string, number>, wanted: string): string {
  let number = taken.get(wanted) ?? 0
  let anchor = wanted
  for (; taken.has(anchor); anchor = `${wanted}-${number}`) number = Math.max(2, number + 1)
  taken.set(wanted, number)
  if (anchor !== wanted) taken.set(anchor, 0)
  return anchor
}

/**
 * Operations that are described but have no summary get the first sentence as one: viewers list operations by it.
 */
export function fillSummaries(document: Node): void {
  for (const operation of pathItems(document).flatMap(operationsOf)) {
    const sentence = operation.summary ? '' : firstSentence(operation.description)
    if (sentence) operation.summary = sentence
  }
}

/** At most 120 characters, on one line; empty where there is none. */
export function firstSentence(description: unknown): string {
  if (typeof description !== 'string') return ''
  const [sentence] = description.trim().split(/(?<=[.!?])\s+(?=\p{Lu})|\n\s*\n/u)
  return plain(sentence, 120)
}

/** One line without control characters. Markup stays what it is, text: whoever prints it escapes it. */
function plain(value: unknown, max: number): string {
  if (typeof value !== 'string') return ''
  const line = value.replace(/[\u0000-\u001f\u007f]+/g, ' ').replace(/\s+/g, ' ').trim()
  return line.length > max ? `${wholeWords(line.slice(0, max))}…` : line
}

/** Without its last word, which may be a part of one; a text that is nearly one long word is cut where it is. */
function wholeWords(cut: string): string {
  const end = cut.lastIndexOf(' ')
  return (end > cut.length / 2 ? cut.slice(0, end) : cut.slice(0, -1)).replace(/[\s,;:.(–-]+$/u, '').toWellFormed()
}
