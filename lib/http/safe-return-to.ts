/**
 * Where to go after signing in (RED-1): a path of this very site, or the zone's home. Anything that a browser could
 * read as another site (`//evil`, `/\evil`, control characters) is ignored, never echoed.
 */
export function safeReturnTo(wanted: unknown, origin: string, home = '/'): string {
  if (typeof wanted !== 'string' || wanted.length > 2000) return home
  if (!wanted.startsWith('/') || wanted[1] === '/' || wanted[1] === '\\') return home
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(wanted)) return home
  try {
    const url = new URL(wanted, origin)
    if (url.origin !== new URL(origin).origin) return home
    const path = url.pathname + url.search + url.hash
    // `/.//evil` normalises to `//evil`, which a Location header would carry away.
    return path.startsWith('//') || path.startsWith('/\\') ? home : path
  } catch {
    return home // not a URL at all
  }
}
