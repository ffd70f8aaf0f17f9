/** Joins the class names that are there: `cn('a', open && 'b', className)`. Later names do not override earlier ones. */
export function cn(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ')
}
