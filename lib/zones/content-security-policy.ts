/**
 * ADMIN and SITE (CSP-1): scripts run by nonce only, nothing frames us, forms go home. Next takes the nonce for its
 * own scripts from the request's header. Styles may stand inline: React's `style` and the libraries' need it.
 * Development: React evaluates code for its error pages.
 */
export function strictPolicy(nonce: string, { development }: { development: boolean }): string {
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ')
}

/** PORTAL (CSP-2): the tenant's own scripts run there; this still holds. */
export const portalPolicy = "object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
