import { parentPort, workerData } from 'node:worker_threads'
import { listOperations } from './list-operations.ts'
import { DocumentError, type ParsedDocument } from './parsed-document.ts'
import { readDocument } from './read-document.ts'
import { validateDocument } from './validate-document.ts'

/** DOC-4: an untrusted document is parsed in a thread of its own, which parse-document.ts stops after 10 s. */
export type ParseJob = { text: string; documentUrl: string | null }

export type ParseAnswer = { ok: true; document: ParsedDocument } | { ok: false; reason: string; line: number | null; column: number | null }

async function parse({ text, documentUrl }: ParseJob): Promise<ParsedDocument> {
  const document = readDocument(text)
  const format = await validateDocument(document)
  const info = document.value.info as { title?: unknown; version?: unknown }
  return { format, title: String(info.title ?? ''), version: String(info.version ?? ''), ...listOperations(document.value, documentUrl) }
}

const answer: ParseAnswer = await parse(workerData as ParseJob).then(
  (document) => ({ ok: true as const, document }),
  (error: unknown) => {
    if (!(error instanceof DocumentError)) throw error
    return { ok: false as const, reason: error.message, line: error.line, column: error.column }
  },
)
parentPort?.postMessage(answer)
