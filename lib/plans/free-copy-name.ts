/** `Name (copy)`, then `Name (copy 2)`: a copy has a name of its own, compared without case. */
export function freeCopyName(name: string, taken: Iterable<string>): string {
  const names = new Set([...taken].map((each) => each.toLowerCase()))
  const base = name.slice(0, 90)
  let free = `${base} (copy)`
  for (let number = 2; names.has(free.toLowerCase()); number++) free = `${base} (copy ${number})`
  return free
}
