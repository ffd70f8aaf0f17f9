import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Prefixes of the secrets we make (security reference, section 6). */
export type KeyPrefix = 'uk' | 'ak' | 'at' | 'pk' | 'st' | 'oc' | 'ot' | 'or' | 'ls'

/** `uk_` + 30 random base62 characters + 6 base62 characters of CRC-32 over what precedes (KEY-1). */
export function newKey(prefix: KeyPrefix): string {
  const body = `${prefix}_${randomBase62(30)}`
  return body + checksumOf(body)
}

/** False only for a key that carries one of our prefixes and our length but not its checksum: refused without a look-up (KEY-1). */
export function hasValidChecksum(key: string): boolean {
  if (!/^(uk|ak|at|pk|st|oc|ot|or|ls)_[0-9A-Za-z]{36}$/.test(key)) return true
  return checksumOf(key.slice(0, -6)) === key.slice(-6)
}

/** First and last characters for display: `uk_4fQ2…9aZ1`. Short keys show nothing but dots. */
export function maskKey(key: string): string {
  return key.length < 16 ? '••••••••' : `${key.slice(0, key.startsWith('uk_') || key.startsWith('ak_') ? 7 : 4)}…${key.slice(-4)}`
}

/** Uniform over base62: bytes of 248 and more are thrown away, so there is no modulo bias. */
export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += ALPHABET[byte % 62]
  return text
}

/** A request id: 22 base62 characters. Every call gets one, so random bytes are fetched by the page and not by the id. */
export function newRequestId(): string {
  let id = ''
  while (id.length < 22) {
    if (pageAt === page.length) {
      page = randomBytes(4096)
      pageAt = 0
    }
    const byte = page[pageAt++]!
    if (byte < 248) id += ALPHABET[byte % 62]
  }
  return id
}

let page = Buffer.alloc(0)
let pageAt = 0

function checksumOf(text: string): string {
  let rest = crc32(Buffer.from(text))
  let code = ''
  for (let i = 0; i < 6; i++) {
    code = ALPHABET[rest % 62] + code
    rest = Math.floor(rest / 62)
  }
  return code
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
