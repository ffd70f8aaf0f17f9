import type { Readable } from 'node:stream'
import { BodyTooLarge } from '@/lib/gateway/call'
import type { CallBody, UpstreamBody } from '@/lib/gateway/call'

/** Longer bodies are not read for parameters (reference gateway 1.3). */
const FORM_BYTES_MAX = 16 * 1024

/** A body out of a Node stream. What `readForm` has taken from it is put in front again when it is opened. */
export function callBody(stream: Readable, length: number | null): CallBody {
  let taken: { chunks: Uint8Array[]; rest: AsyncIterator<Uint8Array> | null } | null = null
  return {
    length,
    async readForm() {
      if (length !== null && length > FORM_BYTES_MAX) return null
      taken ??= await takeUpTo(FORM_BYTES_MAX, stream)
      return taken.rest ? null : Buffer.concat(taken.chunks).toString('utf8')
    },
    open(bytesMax): UpstreamBody {
      // An announced length is held by the parser; only what comes unannounced must be counted.
      if (!taken) return length === null ? counted(bytesMax, [], iteratorOf(stream)) : stream
      if (taken.rest) return counted(bytesMax, taken.chunks, taken.rest)
      const whole = Buffer.concat(taken.chunks)
      if (whole.length > bytesMax) throw new BodyTooLarge()
      return whole
    },
  }
}

async function takeUpTo(bytesMax: number, stream: Readable): Promise<{ chunks: Uint8Array[]; rest: AsyncIterator<Uint8Array> | null }> {
  const rest = iteratorOf(stream)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { value, done } = await rest.next()
    if (done) return { chunks, rest: null }
    chunks.push(value)
    bytes += value.length
    if (bytes > bytesMax) return { chunks, rest }
  }
}

/** Leaves the stream open when it is left early: the answer still has to go out on its connection. */
function iteratorOf(stream: Readable): AsyncIterator<Uint8Array> {
  return stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
}

async function* counted(bytesMax: number, first: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > bytesMax) throw new BodyTooLarge()
    return chunk
  }
  for (const chunk of first) yield count(chunk)
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield count(next.value)
}
