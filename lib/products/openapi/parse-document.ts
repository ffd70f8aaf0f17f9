import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { documentLimits, READER_LOADED, type ParsedDocument } from '@/lib/products/openapi/parsed-document'
import type { ParseAnswer, ParseJob } from '@/lib/products/openapi/worker'
import { perProcess } from '@/lib/per-process'

/** Threads at once and waiting: an import is rare, and two cores have other work. */
const THREADS_MAX = 2
const WAITING_MAX = 20
const LOAD_MS = 30_000

/**
 * Reads and validates an API description: Swagger 2.0, OpenAPI 3.0 or 3.1, JSON or YAML, in a thread of its own
 * (DOC-4). `documentUrl` is where the text was fetched from, for relative servers. Throws `invalid` with
 * `details: { line, column }` and the field `document`, `busy` when too many are waiting.
 */
export async function parseDocument(text: string, documentUrl: string | null = null, parseMs: number = documentLimits.parseMs): Promise<ParsedDocument> {
  return (await parse({ text, documentUrl, wantsJson: false }, parseMs)).document
}

/** As `parseDocument`, with the whole document as JSON text besides, its members in the order they were written. */
export async function parseWholeDocument(text: string): Promise<{ document: ParsedDocument; json: string }> {
  return parse({ text, documentUrl: null, wantsJson: true }, documentLimits.parseMs)
}

async function parse(job: ParseJob, parseMs: number): Promise<{ document: ParsedDocument; json: string }> {
  if (Buffer.byteLength(job.text) > documentLimits.bytesMax) throw new AppError('payload_too_large', { publicMessage: 'The document is larger than 10 MB.' })
  const turns = perProcess('openapiTurns', () => ({ running: 0, waiting: [] as (() => void)[] }))
  if (turns.running >= THREADS_MAX) {
    if (turns.waiting.length >= WAITING_MAX) throw new AppError('busy')
    await new Promise<void>((resolve) => turns.waiting.push(resolve))
  } else turns.running++
  try {
    const answer = await runWorker(job, parseMs)
    if (answer.ok) return { document: answer.document, json: answer.json }
    throw refusal(answer.reason, answer.line, answer.column)
  } finally {
    // The place is handed on rather than freed, so that nobody slips in between.
    const next = turns.waiting.shift()
    if (next) next()
    else turns.running--
  }
}

function runWorker(job: ParseJob, parseMs: number): Promise<ParseAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData: job, env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 } })
    // To load the reader is no fault of the document: its own time begins when the reader is there.
    let timer = setTimeout(() => finish(() => reject(new AppError('busy'))), LOAD_MS)
    let finished = false
    const finish = (then: () => void) => {
      if (finished) return
      finished = true
      clearTimeout(timer)
      void worker.terminate()
      then()
    }
    worker.on('message', (answer: ParseAnswer | typeof READER_LOADED) => {
      if (answer !== READER_LOADED) return finish(() => resolve(answer))
      clearTimeout(timer)
      if (!finished) timer = setTimeout(() => finish(() => reject(refusal(`Reading the document took more than ${parseMs / 1000} seconds`))), parseMs)
    })
    worker.once('error', (error: NodeJS.ErrnoException) =>
      finish(() => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError) return reject(refusal('The document unfolds to more than can be read'))
        logger.error({ err: error }, 'The OpenAPI reader broke')
        reject(new AppError('internal_error', { cause: error }))
      }),
    )
    worker.once('exit', () => finish(() => reject(new AppError('internal_error', { details: { reason: 'The OpenAPI reader ended without an answer' } }))))
  })
}

/** The bundle in production, the source elsewhere: Node strips its types. Found from the working folder, since both module graphs move this file. */
function workerFile(): string {
  const bundled = join(process.cwd(), 'dist', 'openapi-worker.js')
  const source = join(process.cwd(), 'lib', 'products', 'openapi', 'worker.ts')
  return env().NODE_ENV === 'production' && existsSync(bundled) ? bundled : existsSync(source) ? source : bundled
}

function refusal(reason: string, line: number | null = null, column: number | null = null): AppError {
  const sentence = reason.endsWith('.') ? reason : `${reason}.`
  const publicMessage = line === null ? sentence : `Line ${line}: ${sentence}`
  return new AppError('invalid', { publicMessage, fields: { document: [publicMessage] }, details: { line, column } })
}
