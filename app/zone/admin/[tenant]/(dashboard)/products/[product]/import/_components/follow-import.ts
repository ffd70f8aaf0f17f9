import type { ImportResult } from '@/lib/products/openapi/apply-import'
import type { ImportRequest } from '../_input'

export type ImportProgress = { done: number; total: number; label: string }
export type ImportOutcome = { ok: true; result: ImportResult } | { ok: false; message: string }

type Line = { progress?: ImportProgress; result?: ImportResult; error?: { message: string } }

/** Starts an import and reads its lines as they come. Aborting the signal cancels it on the server. */
export async function followImport({ productId, ...request }: ImportRequest, fingerprint: string, signal: AbortSignal, onProgress: (progress: ImportProgress) => void): Promise<ImportOutcome> {
  const lost = { ok: false as const, message: 'The connection was lost before the import was finished. Look at the methods, then try again.' }
  try {
    const response = await fetch(`/products/${productId}/import/apply`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...request, fingerprint }), signal })
    if (!response.ok || !response.body) {
      const body = (await response.json().catch(() => null)) as { error?: { message: string } } | null
      return { ok: false, message: body?.error?.message ?? `The import could not be started (status ${response.status}).` }
    }
    let rest = ''
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const lines = (rest + chunk.value).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) {
        const line = JSON.parse(text) as Line
        if (line.result) return { ok: true, result: line.result }
        if (line.error) return { ok: false, message: line.error.message }
        if (line.progress) onProgress(line.progress)
      }
    }
    return lost
  } catch {
    return signal.aborted ? { ok: false, message: 'Cancelled. Nothing was changed.' } : lost
  }
}
