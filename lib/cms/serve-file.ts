import { fileTypeOf } from '@/lib/cms/file-types'
import { findFile, readFileBytes, type FileFacts } from '@/lib/cms/queries'
import type { Ctx } from '@/lib/tenants/context'

export type ServedFile = { status: 200 | 304; headers: Record<string, string>; body: Uint8Array | null }

/**
 * The answer for a path where a file of the tenant stands; null where none does. The bytes are read only when the
 * browser has not got them yet.
 */
export async function serveFile(ctx: Pick<Ctx, 'db'>, path: string, ifNoneMatch: string | null): Promise<ServedFile | null> {
  const file = await findFile(ctx, path)
  if (!file) return null
  const headers = fileHeaders(file)
  const known = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  if (known.includes(headers.etag!) || known.includes('*')) {
    const { 'content-length': _length, ...rest } = headers
    return { status: 304, headers: rest, body: null }
  }
  const body = await readFileBytes(ctx, file.id)
  return body && { status: 200, headers, body }
}

/**
 * UP-1, UP-2: the type that the bytes proved and no guessing; opened by itself a file runs nothing and reaches nothing,
 * SVG included; what a browser has no business showing is a download.
 */
function fileHeaders({ path, contentType, size, hash, downloadable }: Pick<FileFacts, 'path' | 'contentType' | 'size' | 'hash' | 'downloadable'>): Record<string, string> {
  const inline = fileTypeOf(path)?.inline === true && !downloadable
  const isText = /^text\/|json$|xml$/.test(contentType)
  return {
    'content-type': isText ? `${contentType}; charset=utf-8` : contentType,
    'content-length': String(size),
    'content-disposition': inline ? 'inline' : `attachment; filename="${path.slice(path.lastIndexOf('/') + 1)}"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    // Asked for again each time, answered with 304: what the tenant replaces is seen at once.
    'cache-control': 'public, max-age=0, must-revalidate',
    etag: `"${hash}"`,
  }
}
