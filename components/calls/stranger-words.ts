/** Instead of an application's name: a path without a rule is refused before anybody asks whose key it is. */
export function strangerWords(refusal: string | null | undefined): string {
  return refusal === 'no_match' ? 'Not looked up' : 'Not recognised'
}
