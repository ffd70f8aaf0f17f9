import { fileExtensions, fileTypeOf, isHtml, textOf, type FileType } from '@/lib/cms/file-types'
import { imageSize } from '@/lib/cms/image-size'
import { cmsBounds } from '@/lib/cms/schema'

const pixelsMax = 50_000_000

/**
 * UP-1, UP-2: what the bytes are, if the path's extension says the same and it is allowed; else why not, in words for
 * who chose the file.
 */
export function checkUpload(path: string, bytes: Uint8Array): { type: FileType } | { problem: string } {
  if (bytes.length === 0) return { problem: 'This file is empty.' }
  if (bytes.length > cmsBounds.fileBytesMax) return { problem: 'A file has at most 20 MB.' }
  if (/\.x?html?$/i.test(path) || isHtml(bytes)) return { problem: 'HTML is a page, not a file: choose New, New page, and paste it there.' }
  const type = fileTypeOf(path)
  if (!type) return { problem: `The path must end in one of: ${fileExtensions.join(', ')}.` }
  const extension = path.slice(path.lastIndexOf('.'))
  if (!type.proves(bytes)) return { problem: `These bytes are not ${nameOf(type)}, although the path ends in ${extension}. ${adviceFor(type, bytes)}` }
  if (type.contentType.startsWith('image/') && type.contentType !== 'image/svg+xml') {
    const size = imageSize(bytes, type.contentType)
    if (!size || size.width === 0 || size.height === 0) return { problem: 'This image is damaged: its header does not say how large it is.' }
    if (size.width * size.height > pixelsMax) return { problem: `This image has ${size.width} × ${size.height} pixels. Make it smaller: at most 50 million are accepted.` }
  }
  return { type }
}

function nameOf({ contentType }: FileType): string {
  const names: Record<string, string> = {
    'image/x-icon': 'an icon', 'image/svg+xml': 'an SVG image', 'text/css': 'a style sheet', 'text/javascript': 'a script', 'text/plain': 'plain text', 'application/json': 'JSON', 'application/xml': 'XML', 'application/pdf': 'a PDF document',
  }
  const [kind, name] = contentType.split('/') as [string, string]
  return names[contentType] ?? `a ${name.toUpperCase()} ${kind}`
}

function adviceFor(type: FileType, bytes: Uint8Array): string {
  if (type.contentType === 'image/x-icon' && bytes[0] === 0x89) return 'It looks like a PNG: save it as an icon, or let the path end in .png.'
  if (type.editable && textOf(bytes) === null) return 'Save it as UTF-8 text.'
  return 'Choose the right file, or correct the ending of the path.'
}
