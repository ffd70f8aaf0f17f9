/**
 * How well an item of the palette answers what was typed: 0 hides it, 1 is exact. Every word typed must be found; what
 * begins the label comes before what begins a word, and the label before other words.
 */
export function rankCommand(query: string, label: string, more: string[] = []): number {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return 1
  const name = label.toLowerCase()
  if (name === wanted) return 1
  if (name.startsWith(wanted)) return 0.9
  const others = more.join(' ').toLowerCase()
  const ranks = wanted.split(/\s+/).map((word) => (beginsWord(name, word) ? 0.8 : name.includes(word) ? 0.6 : beginsWord(others, word) ? 0.4 : others.includes(word) && word.length > 2 ? 0.2 : 0))
  return Math.min(...ranks)
}

function beginsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] as string)) return true
  return false
}
