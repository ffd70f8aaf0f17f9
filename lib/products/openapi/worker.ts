import { parentPort, workerData } from 'node:worker_threads'
import { listOperations } from './list-operations.ts'
import { DocumentError, documentLimits, READER_LOADED, type ParsedDocument } from './parsed-document.ts'
import { readDocument } from './read-document.ts'
import { validateDocument } from './validate-document.ts'

/** DOC-4: an untrusted document is parsed in a thread of its own, which parse-document.ts stops 10 s after it has loaded. */
export type ParseJob = { text: string; documentUrl: string | null; wantsJson: boolean }

/** `json`: the whole document as JSON text in the order it was written, where it was asked for; else empty. */
export type ParseAnswer = { ok: true; document: ParsedDocument; json: string } | { ok: false; reason: string; line: number | null; column: number | null }

async function parse({ text, documentUrl, wantsJson }: ParseJob): Promise<{ document: ParsedDocument; json: string }> {
  const document = readDocument(text)
  const format = await validateDocument(document)
  const info = document.value.info as { title?: unknown; version?: unknown }
  const parsed = { format, title: String(info.title ?? ''), version: String(info.version ?? ''), ...listOperations(document.value, documentUrl) }
  return { document: parsed, json: wantsJson ? jsonOf(document.value) : '' }
}

/** Aliases of YAML are written out here, so what comes out is measured again. */
function jsonOf(value: unknown): string {
  const json = JSON.stringify(value)
  if (Buffer.byteLength(json) > documentLimits.bytesMax) throw new DocumentError('The document unfolds to more than 10 MB.')
  return json
}

parentPort?.postMessage(READER_LOADED)
const answer: ParseAnswer = await parse(workerData as ParseJob).then(
  (read) => ({ ok: true as const, ...read }),
  (error: unknown) => {
    if (!(error instanceof DocumentError)) throw error
    return { ok: false as const, reason: error.message, line: error.line, column: error.column }
  },
)
parentPort?.postMessage(answer)
