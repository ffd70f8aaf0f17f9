/** `Größe M (beta)` becomes `grosse_m_beta`; a name without one Latin letter or digit becomes `plan`. */
export function systemNameOf(name: string): string {
  const plain = name.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 80).replace(/_+$/, '') || 'plan'
}

/** The system name of `name`, with `_2`, `_3`, ... where it is taken. */
export function freeSystemName(name: string, taken: ReadonlySet<string>): string {
  const wanted = systemNameOf(name)
  let free = wanted
  for (let number = 2; taken.has(free); number++) free = `${wanted}_${number}`
  return free
}

/** `Name (copy)`, then `Name (copy 2)`: a copy has a name of its own, compared without case. */
export function freeCopyName(name: string, taken: Iterable<string>): string {
  const names = new Set([...taken].map((each) => each.toLowerCase()))
  const base = name.slice(0, 90)
  let free = `${base} (copy)`
  for (let number = 2; names.has(free.toLowerCase()); number++) free = `${base} (copy ${number})`
  return free
}
