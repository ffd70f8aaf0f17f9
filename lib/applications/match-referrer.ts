/**
 * Whether a referrer may call (reference gateway 1.1): `*` in a filter stands for any run of characters, none included,
 * everything else for itself, from beginning to end. Time grows with the lengths only, whatever the filter and the
 * referrer: no backtracking that somebody could make expensive.
 */
export function isReferrerAllowed(filters: readonly string[], referrer: string): boolean {
  return filters.some((filter) => matchesGlob(filter, referrer))
}

function matchesGlob(glob: string, text: string): boolean {
  let at = 0
  let i = 0
  /** Where the last `*` stands, and how far it has swallowed. */
  let star = -1
  let swallowed = 0
  while (i < text.length) {
    if (glob[at] === '*') {
      star = at++
      swallowed = i
    } else if (at < glob.length && glob[at] === text[i]) {
      at++
      i++
    } else if (star !== -1) {
      at = star + 1
      i = ++swallowed
    } else return false
  }
  while (glob[at] === '*') at++
  return at === glob.length
}
