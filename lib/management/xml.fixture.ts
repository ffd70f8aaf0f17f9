/** For tests: throws unless the text is one well-formed XML document of the kind we write (elements, attributes, text). */
export function assertWellFormed(xml: string): void {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
  if (!xml.startsWith(head)) throw new Error(`No XML declaration: ${xml.slice(0, 60)}`)
  const open: string[] = []
  let roots = 0
  let at = head.length
  while (at < xml.length) {
    const tag = /<(\/?)([A-Za-z_][\w.-]*)((?: [\w-]+="[^"<&]*")*)(\/?)>/y
    tag.lastIndex = at
    const found = tag.exec(xml)
    if (found) {
      const [all, close, name, , empty] = found
      if (close) {
        if (open.pop() !== name) throw new Error(`Unbalanced </${name}> at ${at}`)
      } else {
        if (open.length === 0 && roots++ > 0) throw new Error('More than one root')
        if (!empty) open.push(name!)
      }
      at += all.length
      continue
    }
    const text = /(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+/y
    text.lastIndex = at
    const run = text.exec(xml)
    if (!run || open.length === 0) throw new Error(`Not well formed at ${at}: ${xml.slice(at, at + 60)}`)
    at += run[0].length
  }
  if (open.length > 0 || roots !== 1) throw new Error('Not closed')
}
