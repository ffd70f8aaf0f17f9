/**
 * What may be uploaded (UP-1): the extension says what a file claims to be, its first bytes prove it. `inline` is what a
 * browser may show or run; everything else is handed over as a download. `editable` is text a member edits in place.
 */
export type FileType = { contentType: string; inline: boolean; editable?: true; proves: (bytes: Uint8Array) => boolean }

const starts = (...signature: number[]) => (bytes: Uint8Array) => signature.every((byte, index) => bytes[index] === byte)
const ascii = (bytes: Uint8Array, from: number, to: number) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to)

const raster = (contentType: string, proves: FileType['proves']): FileType => ({ contentType, inline: true, proves })
const font = raster
const jpeg = raster('image/jpeg', starts(0xff, 0xd8, 0xff))
const script: FileType = { contentType: 'text/javascript', inline: true, editable: true, proves: (bytes) => textOf(bytes) !== null && !isMarkup(bytes) }

const types: Record<string, FileType> = {
  png: raster('image/png', starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)),
  jpg: jpeg,
  jpeg,
  gif: raster('image/gif', (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6))),
  webp: raster('image/webp', (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP'),
  avif: raster('image/avif', (bytes) => ascii(bytes, 4, 8) === 'ftyp' && /avi[fs]/.test(ascii(bytes, 8, 32))),
  // A directory of at least one picture.
  ico: raster('image/x-icon', (bytes) => starts(0, 0, 1, 0)(bytes) && bytes.length >= 22 && bytes[4]! + bytes[5]! > 0),
  svg: { contentType: 'image/svg+xml', inline: true, editable: true, proves: isSvg },
  woff: font('font/woff', (bytes) => ascii(bytes, 0, 4) === 'wOFF'),
  woff2: font('font/woff2', (bytes) => ascii(bytes, 0, 4) === 'wOF2'),
  ttf: font('font/ttf', (bytes) => starts(0, 1, 0, 0)(bytes) || ascii(bytes, 0, 4) === 'true'),
  otf: font('font/otf', (bytes) => ascii(bytes, 0, 4) === 'OTTO'),
  css: { contentType: 'text/css', inline: true, editable: true, proves: (bytes) => textOf(bytes) !== null && !isMarkup(bytes) },
  js: script,
  mjs: script,
  txt: { contentType: 'text/plain', inline: false, editable: true, proves: (bytes) => textOf(bytes) !== null },
  json: { contentType: 'application/json', inline: false, editable: true, proves: isJson },
  xml: { contentType: 'application/xml', inline: false, editable: true, proves: (bytes) => /^\s*<[?!a-zA-Z]/.test(textOf(bytes) ?? '') && !isHtml(bytes) },
  pdf: { contentType: 'application/pdf', inline: false, proves: (bytes) => ascii(bytes, 0, 5) === '%PDF-' },
}

export const fileExtensions = Object.keys(types)

/** `/images/icon.ico` → what `.ico` stands for; null for an extension that is not allowed. */
export function fileTypeOf(path: string): FileType | null {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase()
  return extension !== undefined && Object.hasOwn(types, extension) ? types[extension]! : null
}

export function isEditable(path: string): boolean {
  return fileTypeOf(path)?.editable === true
}

/** UTF-8 without control characters that no text has; null for everything else. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Characters that no text has tell a binary from it.
    return /[\0-\x08\x0e-\x1f]/.test(text) ? null : text
  } catch {
    // Not UTF-8: then it is no text of ours.
    return null
  }
}

function isMarkup(bytes: Uint8Array): boolean {
  return /^\s*<(!doctype|html|head|body|script|svg|\?xml)/i.test(textOf(bytes) ?? '')
}

export function isHtml(bytes: Uint8Array): boolean {
  const start = (textOf(bytes) ?? '').slice(0, 4096).replace(/<\?[\s\S]*?\?>|<!--[\s\S]*?-->/g, '')
  return /^\s*<(!doctype\s+html|html|head|body|script)\b/i.test(start)
}

function isSvg(bytes: Uint8Array): boolean {
  const text = textOf(bytes) ?? ''
  return /^<svg[\s>]/.test(text.slice(endOfProlog(text)))
}

/** Where an XML document's root begins: after declaration, comments and document type. Searches forward only, however long the text. */
function endOfProlog(text: string): number {
  const after = (mark: string, from: number) => ((at) => (at === -1 ? text.length : at + mark.length))(text.indexOf(mark, from))
  for (let at = 0; ; ) {
    while (/\s/.test(text.charAt(at))) at++
    if (text.startsWith('<?', at)) at = after('?>', at)
    else if (text.startsWith('<!--', at)) at = after('-->', at + 4)
    else if (/^<!doctype\s+svg/i.test(text.slice(at, at + 100))) {
      const end = after('>', at)
      const bracket = text.slice(at, end).indexOf('[')
      at = bracket === -1 ? end : after('>', after(']', at + bracket))
    } else return at
  }
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(textOf(bytes) ?? '')
    return true
  } catch {
    // Whatever the parser dislikes: it is not JSON.
    return false
  }
}
