import { nodeOf, type Node } from '@/lib/activedocs/document-node'
import { firstSentence } from '@/lib/activedocs/list-spec-operations'
import { invalid, isAppError } from '@/lib/errors'
import { parseWholeDocument } from '@/lib/products/openapi/parse-document'

/** What a stored document consists of, besides its name. */
export type ParsedSpec = {
  version: '2.0' | '3.0' | '3.1'
  /** The first sentence of what the document says of itself; empty where that is no plain sentence. */
  description: string
  operations: number
  /**
   * The document as JSON text. It is stored as one JSON string, since a jsonb object forgets the order of its members,
   * and the order of operations is the author's.
   */
  json: string
}

/**
 * Reads and validates a document within the bounds of DOC-4. Throws `invalid` under the field `source`, in three
 * kinds: neither JSON nor YAML (with the line), a version we do not read, against the specification (with line and
 * place); `busy` where too many are being read.
 */
export async function parseSpec(source: string): Promise<ParsedSpec> {
  const { document, json } = await parseWholeDocument(source).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'invalid') throw invalid({ source: [error.publicMessage] }, error.publicMessage)
    throw error
  })
  if (document.operations.length === 0) throw invalid({ source: ['The document describes no operation.'] }, 'The document describes no operation.')
  return { version: versions[document.format], description: describe(json), operations: document.operations.length, json }
}

function describe(json: string): string {
  const sentence = firstSentence(nodeOf((JSON.parse(json) as Node).info).description)
  // Markdown and markup would be shown as they stand.
  return /[#*_`<>[\]|]/.test(sentence) ? '' : sentence
}

const versions = { 'Swagger 2.0': '2.0', 'OpenAPI 3.0': '3.0', 'OpenAPI 3.1': '3.1' } as const
