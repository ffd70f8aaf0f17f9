/** Width and height in pixels as an image's header claims them. */
export type ImageSize = { width: number; height: number }

/**
 * Reads the size out of the header and decodes nothing (UP-2). Null for what is no raster image or hides its size; of
 * an icon the largest of its pictures.
 */
export function imageSize(bytes: Uint8Array, contentType: string): ImageSize | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return readers[contentType]?.(data) ?? null
  } catch (error) {
    // A header that ends early: there is no size to read.
    if (error instanceof RangeError) return null
    throw error
  }
}

const readers: Record<string, (data: Buffer) => ImageSize | null> = {
  'image/png': (data) => (data.toString('latin1', 12, 16) === 'IHDR' ? { width: data.readUInt32BE(16), height: data.readUInt32BE(20) } : null),
  'image/gif': (data) => ({ width: data.readUInt16LE(6), height: data.readUInt16LE(8) }),
  'image/jpeg': jpegSize,
  'image/webp': webpSize,
  'image/avif': avifSize,
  'image/x-icon': iconSize,
}

/** Segments up to the first frame header; the others say nothing of size. */
function jpegSize(data: Buffer): ImageSize | null {
  for (let at = 2; at < data.length; ) {
    if (data[at] !== 0xff) return null
    const marker = data.readUInt8(at + 1)
    if (marker === 0xff) at += 1
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { width: data.readUInt16BE(at + 7), height: data.readUInt16BE(at + 5) }
    else if (marker === 0xd9 || marker === 0xda) return null
    else at += 2 + data.readUInt16BE(at + 2)
  }
  return null
}

function webpSize(data: Buffer): ImageSize | null {
  const chunk = data.toString('latin1', 12, 16)
  if (chunk === 'VP8X') return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 }
  if (chunk === 'VP8 ') return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff }
  if (chunk !== 'VP8L') return null
  const bits = data.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** Every `ispe` property names a size; the largest counts. */
function avifSize(data: Buffer): ImageSize | null {
  let largest: ImageSize | null = null
  const header = data.subarray(0, 64 * 1024)
  for (let at = header.indexOf('ispe', 0, 'latin1'); at >= 0; at = header.indexOf('ispe', at + 4, 'latin1')) largest = larger(largest, { width: data.readUInt32BE(at + 8), height: data.readUInt32BE(at + 12) })
  return largest
}

/** The directory holds one byte a side, 0 for 256; a PNG inside tells its own size. */
function iconSize(data: Buffer): ImageSize | null {
  let largest: ImageSize | null = null
  for (let index = 0; index < data.readUInt16LE(4); index++) {
    const entry = 6 + index * 16
    const offset = data.readUInt32LE(entry + 12)
    const isPng = data.length > offset + 24 && data.readUInt32BE(offset) === 0x89504e47
    largest = larger(largest, isPng ? { width: data.readUInt32BE(offset + 16), height: data.readUInt32BE(offset + 20) } : { width: data.readUInt8(entry) || 256, height: data.readUInt8(entry + 1) || 256 })
  }
  return largest
}

function larger(one: ImageSize | null, other: ImageSize): ImageSize {
  return one && one.width * one.height >= other.width * other.height ? one : other
}
