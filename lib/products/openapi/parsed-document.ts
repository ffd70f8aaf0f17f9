/** What the import needs of an API description, in plain values: made in the worker, sent to the main thread. */
export type ParsedDocument = {
  format: 'Swagger 2.0' | 'OpenAPI 3.0' | 'OpenAPI 3.1'
  title: string
  version: string
  /** Origin of the first server with an absolute URL, e.g. `https://api.twitter.com`; null where none is named. */
  serverOrigin: string | null
  operations: ParsedOperation[]
  /** For people: what the document says and we leave out, and why. */
  warnings: string[]
}

export type ParsedOperation = {
  verb: ImportedVerb
  /** As in the document, e.g. `/statuses/show/{id}.json`. */
  path: string
  /** Path of the server, without trailing slash: `/1.1`, or empty. */
  prefix: string
  operationId: string | null
  summary: string | null
  description: string | null
  /** Names of path parameters marked `x-multi-segment`. */
  multiSegment: string[]
}

export const importedVerbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

export type ImportedVerb = (typeof importedVerbs)[number]

/** Why a document is refused, and where. Lines and columns count from 1; null where no place can be named. */
export class DocumentError extends Error {
  readonly line: number | null
  readonly column: number | null

  constructor(reason: string, place?: { line: number; column: number } | null) {
    super(reason)
    this.name = 'DocumentError'
    this.line = place?.line ?? null
    this.column = place?.column ?? null
  }
}

/** DOC-4. */
export const documentLimits = { bytesMax: 10 * 1024 * 1024, depthMax: 64, aliasesMax: 100, parseMs: 10_000, operationsMax: 5000 } as const

/** What the reader's thread says first, once it has loaded. */
export const READER_LOADED = 'loaded'
