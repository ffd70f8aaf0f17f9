import { goodPassword } from '@/lib/accounts/developer.fixture'
import { answerPortal } from '@/lib/request/portal-door'
import type { Ctx } from '@/lib/tenants/context'

export type Page = { status: number; headers: Headers; body: string; location: string | null }

/**
 * A browser at one tenant's portal: keeps cookies, sends forms with the token of the page it last saw. `address` is
 * another one for each, so that throttles do not mix up tests.
 */
export function openBrowser(ctx: Ctx, { address = `198.51.100.${1 + (browsers++ % 250)}` }: { address?: string } = {}) {
  const host = `${ctx.tenant.slug}.portal.localhost:3000`
  const cookies = new Map<string, string>()
  const browser = {
    host,
    origin: `http://${host}`,
    address,
    cookies,
    token: '',
    async ask(path: string, { method = 'GET', body, headers = {} }: { method?: string; body?: BodyInit; headers?: Record<string, string> } = {}): Promise<Page> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const request = new Request(`http://localhost:3000/zone/portal/${host}${path}`, {
        method,
        body,
        headers: { host, 'x-gh-path': path, 'x-forwarded-for': address, 'user-agent': 'test', ...(cookie && { cookie }), ...(method !== 'GET' && method !== 'HEAD' && { origin: `http://${host}` }), ...headers },
      })
      const response = await answerPortal(request)
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        const at = pair.indexOf('=')
        if (/max-age=0/i.test(line)) cookies.delete(pair.slice(0, at))
        else cookies.set(pair.slice(0, at), pair.slice(at + 1))
      }
      const text = await response.text()
      const token = /name="authenticity_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="authenticity_token"/.exec(text)
      if (token) browser.token = (token[1] ?? token[2])!
      return { status: response.status, headers: response.headers, body: text, location: response.headers.get('location') }
    },
    get: (path: string, headers?: Record<string, string>) => browser.ask(path, { headers }),
    send: (path: string, fields: Record<string, string> | [string, string][], { method = 'POST', headers = {} }: { method?: string; headers?: Record<string, string> } = {}) =>
      browser.ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams([...(Array.isArray(fields) ? fields : Object.entries(fields)), ['authenticity_token', browser.token], ...(method === 'POST' ? [] : [['_method', method.toLowerCase()] as [string, string]])]).toString(),
      }),
    async signIn(login: string, password = goodPassword): Promise<Page> {
      await browser.get('/login')
      return browser.send('/session', { username: login, password })
    },
  }
  return browser
}

let browsers = 0

