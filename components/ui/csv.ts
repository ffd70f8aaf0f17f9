/**
 * Rows as CSV for spreadsheets (RFC 4180, CRLF). Text that a spreadsheet would run as a formula gets a leading
 * apostrophe: names of accounts and applications are written by strangers.
 */
export function toCsv(header: string[], rows: (string | number | boolean | Date | null | undefined)[][]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(value: string | number | boolean | Date | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
