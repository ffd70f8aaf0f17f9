/**
 * Where the next page of a list begins: the sort value and the id of the last row, so that rows added meanwhile are
 * neither skipped nor shown twice. Opaque text in the URL; what cannot be read is the first page, never an error.
 */
export type Cursor = { id: bigint; value: string }

export function encodeCursor({ id, value }: Cursor): string {
  return Buffer.from(JSON.stringify([Number(id), value])).toString('base64url')
}

export function decodeCursor(text: string | undefined): Cursor | null {
  if (!text) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (!Array.isArray(parsed) || parsed.length !== 2) return null
    const [id, value] = parsed as [unknown, unknown]
    return Number.isSafeInteger(id) && typeof value === 'string' && value.length <= 500 ? { id: BigInt(id as number), value } : null
  } catch {
    // Somebody typed into the address bar; the first page is the kind answer.
    return null
  }
}
