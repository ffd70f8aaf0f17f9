/**
 * PW-4: the address of a page behind a mail's link is a secret, so no other site learns of it. Not `no-referrer`: with
 * that a browser sends the page's own form with `Origin: null`, which CSRF-1 refuses.
 */
export const tokenPageHeaders: Record<string, string> = { 'referrer-policy': 'same-origin' }
