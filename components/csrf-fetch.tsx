'use client'

import { useEffect } from 'react'

/**
 * Adds the CSRF token to every same-origin write, the POSTs of server actions included. Signed-in pages carry the
 * token in `<meta name="csrf-token">`; others fetch one that is bound to a cookie of this browser. Put it once into
 * every root layout of ours.
 */
export function CsrfFetch() {
  useEffect(install, [])
  return null
}

const HEADER = 'x-csrf-token'
const installed = Symbol.for('gatehouse.csrf-fetch')

function install() {
  const global = window as unknown as Window & { [installed]?: true }
  if (global[installed]) return
  global[installed] = true
  const plainFetch = window.fetch.bind(window)
  window.fetch = async (input, init) => {
    if (!isOwnWrite(input, init)) return plainFetch(input, init)
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    if (!headers.has(HEADER)) headers.set(HEADER, tokenOfPage() ?? (await fetchToken(plainFetch)))
    return plainFetch(input, { ...init, headers })
  }
}

function isOwnWrite(input: RequestInfo | URL, init?: RequestInit): boolean {
  const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false
  return new URL(input instanceof Request ? input.url : input, window.location.href).origin === window.location.origin
}

function tokenOfPage(): string | null {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content || null
}

// Asked anew each time: forms before sign-in are few, and a kept token could outlive its cookie.
async function fetchToken(plainFetch: typeof fetch): Promise<string> {
  const response = await plainFetch('/api/auth/token', { headers: { accept: 'application/json' }, cache: 'no-store' })
  if (!response.ok) return ''
  const body = (await response.json()) as { token?: string }
  return body.token ?? ''
}

if (typeof window !== 'undefined') install()
