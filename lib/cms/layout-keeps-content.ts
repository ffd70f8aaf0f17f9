import { withoutBlocks } from '@/lib/cms/without-blocks'

/** Whether pages would still be seen: `{% content %}` stands where Liquid reads it. */
export function layoutKeepsContent(source: string): boolean {
  const uncommented = withoutBlocks(source, /\{%-?\s*comment\s*-?%\}/g, /\{%-?\s*endcomment\s*-?%\}/g)
  const read = withoutBlocks(uncommented, /\{%-?\s*raw\s*-?%\}/g, /\{%-?\s*endraw\s*-?%\}/g)
  return /\{%-?\s*content\s*-?%\}/.test(read)
}
