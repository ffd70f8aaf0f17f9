/** Changes to flat header lists: name, value, name, value. Names are compared without case. */

/** Replaces every header of this name by one; null takes it away. */
export function setHeader(headers: string[], name: string, value: string | null): void {
  deleteHeader(headers, name)
  if (value !== null) headers.push(name, value)
}

export function deleteHeader(headers: string[], name: string): void {
  const wanted = name.toLowerCase()
  let kept = 0
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length === wanted.length && headers[i]!.toLowerCase() === wanted) continue
    headers[kept++] = headers[i]!
    headers[kept++] = headers[i + 1]!
  }
  headers.length = kept
}

export function hasHeader(headers: readonly string[], name: string): boolean {
  const wanted = name.toLowerCase()
  for (let i = 0; i < headers.length; i += 2) if (headers[i]!.length === wanted.length && headers[i]!.toLowerCase() === wanted) return true
  return false
}

/** One more item of a list header such as `Vary`, unless it is among them. */
export function addToHeader(headers: string[], name: string, item: string): void {
  const wanted = name.toLowerCase()
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.toLowerCase() !== wanted) continue
    const items = headers[i + 1]!.split(',').map((each) => each.trim().toLowerCase())
    if (!items.includes('*') && !items.includes(item.toLowerCase())) headers[i + 1] += `, ${item}`
    return
  }
  headers.push(name, item)
}

/**
 * A text as header bytes: UTF-8 shown as Latin-1, which is how Node takes them. Null where it holds what would end the
 * header: a policy's Liquid may have put a caller's words into it.
 */
export function headerBytes(text: string): string | null {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return null
  return /[^\x20-\x7e\t]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}
