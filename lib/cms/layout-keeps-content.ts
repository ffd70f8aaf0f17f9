/** Whether pages would still be seen: `{% content %}` stands where Liquid reads it. */
export function layoutKeepsContent(source: string): boolean {
  const read = source.replace(/\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\}/g, '').replace(/\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}/g, '')
  return /\{%-?\s*content\s*-?%\}/.test(read)
}
