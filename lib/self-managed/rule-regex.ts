import type { ParsedPattern } from '@/lib/products/pattern'

/** A mapping rule's path as a regular expression of PCRE, anchored at the start and, where it is exact, at the end. */
export function ruleRegex({ path, exact }: ParsedPattern): string {
  const parts = path.map((part) => {
    if (typeof part === 'string') return part.replace(/[^A-Za-z0-9/_-]/g, (mark) => `\\x${mark.charCodeAt(0).toString(16).padStart(2, '0')}`)
    return part.multi ? '.+' : '[^/]+'
  })
  return `^${parts.join('')}${exact ? '\\z' : ''}`
}
