/** Where an OAuth client may be sent back to (OA-2). Pure; the dashboard, the portal and the authorization server agree by it. */
export const redirectUrisMax = 10

const LENGTH_MAX = 2000

/** Why an address cannot be registered, in words for whoever typed it; null: it can. */
export function findRedirectUriProblem(uri: string): string | null {
  if (uri.length > LENGTH_MAX) return `Use at most ${LENGTH_MAX} characters.`
  if (/[\s\x00-\x20\x7f\\]/.test(uri)) return 'An address has no spaces and no backslashes.'
  if (uri.includes('*')) return 'Wildcards are not allowed: write each address in full.'
  if (uri.includes('#')) return 'Leave out everything from # on.'
  if (!URL.canParse(uri)) return 'Write a whole address, like https://app.example.com/callback.'
  const url = new URL(uri)
  if (url.username || url.password) return 'An address cannot hold a user name or password.'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:') return isLoopback(url.hostname) ? null : 'Use https. Only localhost may be plain http.'
  // Apps on phones and desktops: a reverse domain name as the scheme (RFC 8252 7.1), which rules out javascript: and data:.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol) ? null : 'Use https, or a scheme of your own with a dot in it, like com.example.app:/callback.'
}

/** Compared as a string, exactly; only the port of a loopback address may vary (RFC 8252 7.3), since an app takes what is free. */
export function isRegisteredRedirectUri(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true
  const portless = withoutLoopbackPort(uri)
  return portless !== null && registered.some((each) => withoutLoopbackPort(each) === portless)
}

function withoutLoopbackPort(uri: string): string | null {
  const [, scheme, host, rest] = /^(http:\/\/)(127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?((?:[/?].*)?)$/s.exec(uri) ?? []
  return scheme === undefined ? null : `${scheme}${host}${rest}`
}

function isLoopback(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost' || hostname.endsWith('.localhost')
}
