/** The client id at a claim: by its own name, else by a path with dots; the first where it is a list. Null: none. */
export function claimAt(payload: Record<string, unknown>, path: string): string | null {
  // A claim's name may hold dots itself, as those named by an address do.
  const value = Object.hasOwn(payload, path) ? payload[path] : path.split('.').reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), payload)
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first !== '' && first.length <= 256 && !first.includes('\0') ? first : null
}

/** `scope` as text (RFC 8693 4.2), or the list some providers call `scp`. */
export function scopesOf(payload: Record<string, unknown>): string[] {
  const listed = payload.scope ?? payload.scp
  if (typeof listed === 'string') return listed.split(' ').filter((name) => name !== '')
  return Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : []
}

/** Whose token it is; an application that acts for itself is no end user. */
export function userOf(subject: unknown, appId: string): string | null {
  return typeof subject === 'string' && subject !== '' && subject !== appId ? subject : null
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
