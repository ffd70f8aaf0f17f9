import type { OauthScope } from '@/lib/products/gateway-config'

/** The scopes a request names, in the product's order; all of them where it names none. Null where one is unknown. */
export function chooseScopes(scopes: readonly OauthScope[], requested: string | undefined): string[] | null {
  const names = scopes.map((scope) => scope.name)
  const wanted = (requested ?? '').split(' ').filter((name) => name !== '')
  if (wanted.length === 0) return names
  return wanted.every((name) => names.includes(name)) ? names.filter((name) => wanted.includes(name)) : null
}

/** What is asked for of what was granted: scope never widens (OA-4). Null where more is asked for. */
export function narrowScopes(granted: readonly string[], requested: string | undefined): string[] | null {
  const wanted = (requested ?? '').split(' ').filter((name) => name !== '')
  if (wanted.length === 0) return [...granted]
  return wanted.every((name) => granted.includes(name)) ? granted.filter((name) => wanted.includes(name)) : null
}
