import { send, type Answer } from '@/e2e/isolation/client'
import { loopbackAddress } from '@/e2e/isolation/loopback-address'
import type { PortalInput } from '@/e2e/isolation/portal-policy'
import type { PortalDoor, SignedIn } from '@/e2e/isolation/seeded-world'

/** Where requests to a portal go in. */
export type PortalMount = { port: number; path(host: string, path: string): string }

/** Somebody with a browser: its cookies, and the token its forms carry there. */
export type Browser = { cookies: string; csrf: string }

export type PortalCall = PortalInput & { /** Other than the route's; raw, where forms write `_method`. */ raw?: boolean; token?: string | null; headers?: Record<string, string> }

/** One request to a route of the portal, as its forms send it. */
export async function callPortal(mount: PortalMount, host: string, { method, path }: Pick<PortalDoor, 'method' | 'path'>, browser: Browser | null, { params = {}, query = {}, form = {}, json, raw = false, token = browser?.csrf ?? null, headers = {} }: PortalCall = {}): Promise<Answer> {
  const from = browser ? addressOf(browser) : undefined
  const target = `${fillPath(path, params)}${Object.keys(query).length > 0 ? `?${new URLSearchParams(texts(query))}` : ''}`
  const cookie: Record<string, string> = browser?.cookies ? { cookie: browser.cookies } : {}
  if (method === 'GET') return send({ port: mount.port, host, from, path: mount.path(host, target), headers: { ...cookie, ...headers } })
  const common = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin', ...cookie }
  if (json !== undefined) return send({ port: mount.port, host, from, path: mount.path(host, target), method, headers: { ...common, 'content-type': 'application/json', ...(token && { 'x-csrf-token': token }), ...headers }, body: JSON.stringify(json) })
  const body = new URLSearchParams({ utf8: '✓', ...(!raw && method !== 'POST' && { _method: method.toLowerCase() }), ...(token !== null && { authenticity_token: token }), ...texts(form) })
  return send({ port: mount.port, host, from, path: mount.path(host, target), method: raw ? method : 'POST', headers: { ...common, 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: String(body) })
}

export function fillPath(path: string, params: Record<string, string | number> = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

/** The browser of somebody who is signed in there, or thinks so: where that session counts for nothing it opens a page with a form first. */
export async function browserOf(mount: PortalMount, host: string, as: SignedIn | null, isSignedInThere: boolean): Promise<Browser> {
  const session = as ? `${as.cookieName}=${as.cookie}` : ''
  if (as && isSignedInThere) return { cookies: session, csrf: as.csrf }
  const { headers, body } = await send({ port: mount.port, host, path: mount.path(host, '/login'), headers: session ? { cookie: session } : {} })
  const pre = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]!).filter((pair) => /^(__Host-)?pre=/.test(pair))
  return { cookies: [session, ...pre].filter(Boolean).join('; '), csrf: /name="csrf-token" content="([^"]+)"/.exec(body)?.[1] ?? '' }
}

const ASKED_MAX = 100
const addresses = new WeakMap<Browser, { address: string | undefined; asked: number }>()

/** Nobody shares an address, and nobody asks too much from one: what doors bear of an address in a minute, a fast machine asks in seconds. */
function addressOf(browser: Browser): string | undefined {
  let at = addresses.get(browser)
  if (!at || at.asked >= ASKED_MAX) addresses.set(browser, (at = { address: loopbackAddress(), asked: 0 }))
  at.asked++
  return at.address
}

/** What an answer means for whoever asked; where somebody is sent on, with the kind of word that goes along. */
export function portalVerdict(answer: Answer): string {
  const { status, headers } = answer
  if (status >= 300 && status < 400) {
    const { pathname } = new URL(String(headers.location), 'http://here')
    const word = flashOf(answer)?.type
    return `sent to ${pathname.replace(/\d+/g, '#')}${word ? ` (${word})` : ''}`
  }
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status !== 200) return `status ${status}`
  const type = String(headers['content-type'])
  return type.startsWith('text/html') ? 'shown' : type.startsWith('application/json') ? 'json' : 'content'
}

/** The word an answer leaves for the next page, out of its cookie. */
function flashOf({ headers }: Answer): { type: string; text: string } | null {
  const pair = [headers['set-cookie'] ?? []].flat().find((line) => /^(__Host-)?gh\.flash=[^;]/.test(line))
  if (!pair) return null
  const [type, text] = JSON.parse(Buffer.from(decodeURIComponent(pair.split('=')[1]!.split(';')[0]!).split('.')[0]!, 'base64url').toString()) as [string, string]
  return { type, text }
}

/** All that somebody can read of an answer, without what they sent themselves. */
export function readable(answer: Answer, { params = {}, query = {}, form = {} }: PortalInput = {}): string {
  const { date: _date, ...headers } = answer.headers
  let text = `${answer.body}\n${JSON.stringify(headers)}\n${flashOf(answer)?.text ?? ''}`
  for (const value of [...Object.values(params), ...Object.values(query), ...Object.values(form)].map(String).filter((each) => each.length > 5 && !/^\d+$/.test(each)).sort((one, other) => other.length - one.length))
    for (const written of [value, encodeURIComponent(value), encodeURIComponent(encodeURIComponent(value)), value.replace(/\.json$/, '')]) text = text.replaceAll(written, '·')
  return text
}

/** The same for the same question: for "as for what never existed" (ISO-5). */
export function comparable(answer: Answer, input: PortalInput): unknown {
  const { 'set-cookie': _cookies, date: _date, 'x-request-id': _id, 'content-length': _length, etag: _etag, ...headers } = answer.headers
  const plain = (text: string) => readable({ status: 0, headers: {}, body: text }, input).replace(/"request_id":"[^"]+"/, '').replace(/\d+/g, '#')
  return { status: answer.status, verdict: portalVerdict(answer), said: plain(flashOf(answer)?.text ?? ''), headers: plain(JSON.stringify(headers)), body: plain(answer.body) }
}

const texts = (values: Record<string, string | number>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
