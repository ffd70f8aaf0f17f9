import { createHash } from 'node:crypto'
import type { OauthAnswer } from '@/lib/oauth/oauth-exchange'

/** The few pages a browser may see on a gateway host: without script, never in a frame, and nothing of them is kept. */
export function pageAnswer(status: number, title: string, body: string, extra: string[] = []): OauthAnswer {
  return {
    status,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Cache-Control',
      'no-store',
      'X-Content-Type-Options',
      'nosniff',
      'Referrer-Policy',
      // A form of ours must keep its origin (CSRF-1); nobody else learns the address.
      'same-origin',
      'X-Frame-Options',
      'DENY',
      'Content-Security-Policy',
      `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      ...extra,
    ],
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`,
  }
}

/** For a person whose request cannot go back to any application, because we do not know one to trust (OA-2, OA-9). */
export function errorPage(title: string, sentence: string, { status = 400, headers = [] as string[] } = {}): OauthAnswer {
  return pageAnswer(status, title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentence)}</p>`, headers)
}

/** For text and for attribute values in either kind of quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const STYLE = [
  ':root{color-scheme:light dark;--line:#d7d9de;--quiet:#5b616e;--danger:#b42318}',
  '@media(prefers-color-scheme:dark){:root{--line:#33373f;--quiet:#a4abb8;--danger:#ff8a7a}}',
  '*{box-sizing:border-box}body{margin:0;font:16px/1.55 system-ui,sans-serif}main{max-width:40rem;margin:0 auto;padding:3rem 1.25rem}',
  'h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}h2{font-size:1.05rem;margin:0}p{margin:0 0 1rem}.quiet{color:var(--quiet)}small{font-size:.875rem;color:var(--quiet)}',
  'ul{margin:.5rem 0 .75rem;padding-left:1.25rem}.grants{list-style:none;padding:0;margin:1.5rem 0 0}.grants>li{border:1px solid var(--line);border-radius:8px;padding:1rem;margin:0 0 .75rem}',
  'button{font:inherit;font-size:.9375rem;padding:.45rem .9rem;border:1px solid var(--line);border-radius:6px;background:transparent;color:var(--danger);cursor:pointer}button:hover{border-color:currentColor}button:focus-visible{outline:2px solid currentColor;outline-offset:2px}',
  '.note{border-left:3px solid #2e8555;padding:.25rem .75rem;margin:0 0 1rem}',
].join('')
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
