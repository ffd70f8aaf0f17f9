/**
 * Where a page of a list begins: the sort value and the id of the row before it, so that rows added meanwhile are
 * neither skipped nor shown twice. Opaque text in the URL; what cannot be read is the first page, never an error.
 */
export type Cursor = { id: bigint; value: string; back: boolean }

export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null }

export const pageSize = 25

/**
 * A page out of up to `pageSize + 1` rows beyond the cursor. With `back` the rows were read in the opposite order;
 * they come out in the list's own.
 */
export function takePage<Row extends { id: bigint }>(found: Row[], cursor: Cursor | null, valueOf: (row: Row) => string = () => ''): Page<Row> {
  const more = found.length > pageSize
  const page = found.slice(0, pageSize)
  const rows = cursor?.back ? page.reverse() : page
  const first = rows[0]
  const last = rows.at(-1)
  const at = (row: Row | undefined, back: boolean) => (row ? encodeCursor({ id: row.id, value: valueOf(row), back }) : null)
  return { rows, next: cursor?.back || more ? at(last, false) : null, previous: (cursor?.back ? more : cursor !== null) ? at(first, true) : null }
}

function encodeCursor({ id, value, back }: Cursor): string {
  return Buffer.from(JSON.stringify([Number(id), value, back ? 1 : 0])).toString('base64url')
}

export function decodeCursor(text: string | undefined): Cursor | null {
  if (!text) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (!Array.isArray(parsed) || parsed.length !== 3) return null
    const [id, value, back] = parsed as [unknown, unknown, unknown]
    return Number.isSafeInteger(id) && typeof value === 'string' && value.length <= 500 ? { id: BigInt(id as number), value, back: back === 1 } : null
  } catch {
    // Somebody typed into the address bar; the first page is the kind answer.
    return null
  }
}
