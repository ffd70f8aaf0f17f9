const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

/** Escapes what is not an entity yet. */
export function escapeOnce(text: string): string {
  return text.replace(/["'<>]|&(?!(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);)/g, (character) => entities[character]!)
}

/** ` name="value"` for each that has one; names that are no attribute names are left out. */
export function attributes(values: Record<string, unknown>): string {
  return Object.entries(values)
    .filter(([name, value]) => value !== null && value !== undefined && value !== false && /^[a-zA-Z][\w:-]*$/.test(name))
    .map(([name, value]) => ` ${name}="${escapeOnce(String(value))}"`)
    .join('')
}
