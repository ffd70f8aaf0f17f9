/** `Größe M (beta)` becomes `grosse_m_beta`, `listPets` `list_pets`; empty for a text without one Latin letter or digit. */
export function systemNameOf(text: string, max = 255): string {
  return text
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, max)
    .replace(/_+$/, '')
}

/** `wanted`, or `wanted_2`, `wanted_3`, ... where it is taken; never longer than `max`. */
export function freeSystemName(wanted: string, isTaken: (name: string) => boolean, max = 255): string {
  let free = wanted
  for (let number = 2; isTaken(free); number++) free = `${wanted.slice(0, max - String(number).length - 1)}_${number}`
  return free
}
