/**
 * A value as a Lua string literal. Everything but letters, digits and a few marks is written as its byte (`\059`), so
 * that no value of a tenant's can end the string, the block or the file, whatever it holds (GW-10).
 */
export function luaText(value: string): string {
  const pieces: string[] = []
  let piece = ''
  for (const byte of Buffer.from(value, 'utf8')) {
    if (piece.length > PIECE_MAX) {
      pieces.push(piece)
      piece = ''
    }
    piece += /[A-Za-z0-9_./:-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
  }
  return [...pieces, piece].map((each) => `"${each}"`).join(' .. ')
}

/** nginx reads a block through a buffer of 4 KB, and no string may be longer than that. */
const PIECE_MAX = 1_000

/** A table, list, text, number, boolean or nothing, as Lua. Keys are texts; what is undefined or null is left out. */
export function luaValue(value: LuaValue, indent = ''): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'string') return luaText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const inner = `${indent}  `
  const lines = Array.isArray(value)
    ? value.map((each) => `${inner}${luaValue(each, inner)},`)
    : Object.entries(value).flatMap(([name, each]) => (each === null || each === undefined ? [] : [`${inner}[${luaText(name)}] = ${luaValue(each, inner)},`]))
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}

export type LuaTable = { [name: string]: LuaValue }

export type LuaValue = string | number | boolean | null | undefined | LuaValue[] | LuaTable
