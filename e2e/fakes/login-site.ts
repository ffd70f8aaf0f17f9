import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'

/**
 * The login page of an API owner, as he would build it: it signs his users in, shows what an application asks for, lets
 * them take some of it back, and hands the answer over. docs/oauth.md tells the same in words.
 *
 * Two ways to hand over, either will do: `server` tells the gateway itself and then sends the browser back; `redirect`
 * sends the browser back with a signed answer and needs no call of its own but the one that reads what is asked for.
 */
export type LoginSite = {
  /** For the product's setting "OAuth login URL". */
  loginUrl: string
  port: number
  /** Which gateway it works with, and the secret it shares with it. */
  use(gateway: { url: string; secret: string }): void
  handOver(way: 'server' | 'redirect'): void
  close(): Promise<void>
}

type Options = { port?: number; host?: string; gateway?: { url: string; secret: string } | null; way?: 'server' | 'redirect'; /** Where the gateway really listens, if its name does not lead there. */ connectTo?: { hostname: string; port: number } }

/** The users of the site; the id is what the gateway counts by. */
const users = new Map([
  ['ann', { id: 'user-ann', password: 'ann-likes-apis' }],
  ['ben', { id: 'user-ben', password: 'ben-likes-apis' }],
])

export async function startLoginSite({ port = 0, host = '127.0.0.1', gateway = null, way = 'server', connectTo }: Options = {}): Promise<LoginSite> {
  /** Session cookie to user id. */
  const sessions = new Map<string, string>()

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => send(response, 502, page('That did not work', `<p>${escapeHtml(String((error as Error).message))}</p>`)))
  })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://site')
    const form = request.method === 'POST' ? new URLSearchParams(await textOf(request)) : new URLSearchParams()
    const userId = sessions.get(cookieOf(request))
    const handoff = form.get('handoff') ?? url.searchParams.get('handoff') ?? ''
    if (url.pathname === '/login' && request.method === 'POST') return signIn(response, form, handoff)
    // Step 1: the gateway has sent a browser here. Whoever is signed in goes on to the question.
    if (url.pathname === '/login') return userId && handoff ? redirect(response, `/consent?handoff=${encodeURIComponent(handoff)}`) : send(response, 200, loginPage(handoff, ''))
    if (!userId) return redirect(response, `/login?handoff=${encodeURIComponent(handoff)}`)
    if (url.pathname === '/consent') return request.method === 'POST' ? handOver(response, form, handoff, userId) : ask(response, handoff)
    if (url.pathname === '/applications') return redirect(response, myGrantsLink(userId))
    send(response, 200, page('Signed in', `<p>You are ${escapeHtml(userId)}.</p><p><a href="/applications">Applications with access</a></p>`))
  }

  function signIn(response: ServerResponse, form: URLSearchParams, handoff: string): void {
    const user = users.get(form.get('user') ?? '')
    if (!user || !same(user.password, form.get('password') ?? '')) return send(response, 401, loginPage(handoff, 'Wrong name or password.'))
    const session = randomBytes(32).toString('base64url')
    sessions.set(session, user.id)
    response.setHeader('set-cookie', `site_session=${session}; HttpOnly; SameSite=Lax; Path=/`)
    redirect(response, handoff ? `/consent?handoff=${encodeURIComponent(handoff)}` : '/')
  }

  /** Step 2: ask the gateway who wants what, and ask the user. Nothing in the browser's address is believed. */
  async function ask(response: ServerResponse, handoff: string): Promise<void> {
    const { status, value } = await callGateway('GET', `/oauth/handoffs/${encodeURIComponent(handoff)}`)
    if (status !== 200) return send(response, 400, refused(status))
    const { application, product, scopes } = value as { application: { name: string }; product: string; scopes: { name: string; sentence: string }[] }
    const boxes = scopes.map(({ name, sentence }) => `<p><label><input type="checkbox" name="scope" value="${escapeHtml(name)}" checked> ${escapeHtml(sentence)}</label></p>`)
    send(
      response,
      200,
      page(
        `${application.name} asks for access`,
        `<p>${escapeHtml(application.name)} would like to use ${escapeHtml(product)} in your name:</p><form method="post" action="/consent"><input type="hidden" name="handoff" value="${escapeHtml(handoff)}">${boxes.join('')}<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Refuse</button></form>`,
      ),
    )
  }

  /** Step 3: hand the answer over and send the browser back. */
  async function handOver(response: ServerResponse, form: URLSearchParams, handoff: string, userId: string): Promise<void> {
    const denied = form.get('answer') !== 'allow'
    const scopes = form.getAll('scope')
    if (way === 'redirect') return redirect(response, signedReturn(handoff, denied, userId, scopes))
    const { status, value } = await callGateway('POST', `/oauth/handoffs/${encodeURIComponent(handoff)}`, denied ? { denied: true } : { end_user_id: userId, scopes })
    if (status !== 200) return send(response, 400, refused(status))
    redirect(response, (value as { return_to: string }).return_to)
  }

  /** The other way: everything travels with the browser, and the signature makes it worth something. */
  function signedReturn(handoff: string, denied: boolean, userId: string, scopes: string[]): string {
    const scope = scopes.join(' ')
    const signature = sign([handoff, denied ? 'denied' : 'granted', userId, scope])
    return `${known().url}/callback?${new URLSearchParams({ handoff, end_user_id: userId, scope, ...(denied ? { denied: '1' } : {}), signature })}`
  }

  /** A page of the gateway where this user sees and revokes what he has allowed; the link is good for ten minutes. */
  function myGrantsLink(userId: string): string {
    const end = String(Math.floor(Date.now() / 1000) + 600)
    const token = [Buffer.from(userId).toString('base64url'), end, sign(['my-grants', userId, end])].join('.')
    return `${known().url}/oauth/my-grants?token=${token}`
  }

  const known = () => {
    if (!gateway) throw new Error('This site knows no gateway yet: start it with --gateway and --secret.')
    return gateway
  }
  const sign = (lines: string[]) => createHmac('sha256', known().secret).update(lines.join('\n')).digest('base64url')

  function callGateway(method: string, path: string, body?: unknown): Promise<{ status: number; value: unknown }> {
    const { url, secret } = known()
    const target = new URL(path, url)
    const text = body === undefined ? undefined : JSON.stringify(body)
    // Browsers know that *.localhost is this machine, Node does not.
    const place = connectTo ?? { hostname: target.hostname.endsWith('.localhost') ? '127.0.0.1' : target.hostname, port: target.port ? Number(target.port) : target.protocol === 'https:' ? 443 : 80 }
    const headers = { host: target.host, authorization: `Bearer ${secret}`, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) }
    return new Promise((resolve, reject) => {
      const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)({ ...place, method, path: target.pathname + target.search, headers, servername: target.hostname }, (answer) => {
        textOf(answer).then((said) => resolve({ status: answer.statusCode ?? 0, value: said === '' ? null : JSON.parse(said) }), reject)
      })
      request.setTimeout(10_000, () => request.destroy(new Error('The gateway did not answer.')))
      request.on('error', reject).end(text)
    })
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const bound = (server.address() as AddressInfo).port
  return {
    loginUrl: `http://127.0.0.1:${bound}/login`,
    port: bound,
    use: (next) => void (gateway = next),
    handOver: (next) => void (way = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const cookieOf = (request: IncomingMessage) => /(?:^|; *)site_session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''

async function textOf(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of message as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8')
    if (text.length > 1024 * 1024) throw new Error('too long')
  }
  return text
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { location: to, 'cache-control': 'no-store' }).end()
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' }).end(html)
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** The gateway would not have it. A wrong secret is the site's own mistake, and the commonest one when it is set up. */
function refused(status: number): string {
  if (status === 401) return page('Not set up yet', '<p>The gateway does not know the secret this site was started with. Copy it from the OAuth tab of the product.</p>')
  return page('Start again', '<p>This request has ended. Please go back to the application.</p>')
}

function loginPage(handoff: string, problem: string): string {
  const note = problem ? `<p role="alert">${escapeHtml(problem)}</p>` : '<p>Try ann with ann-likes-apis, or ben with ben-likes-apis.</p>'
  return page('Sign in', `${note}<form method="post" action="/login"><input type="hidden" name="handoff" value="${escapeHtml(handoff)}"><p><label>Name <input name="user" autocomplete="username" required></label></p><p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p><button>Sign in</button></form>`)
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.4rem 1rem}input{font:inherit}</style><h1>${escapeHtml(title)}</h1>${body}</html>`
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, gateway: { type: 'string' }, secret: { type: 'string' }, way: { type: 'string', default: 'server' } } })
  const site = await startLoginSite({ port: Number(values.port), gateway: values.gateway && values.secret ? { url: values.gateway.replace(/\/+$/, ''), secret: values.secret } : null, way: values.way === 'redirect' ? 'redirect' : 'server' })
  process.stdout.write(`Login site listening on ${site.loginUrl}\n`)
  const end = () => void site.close().then(() => process.exit(0))
  process.once('SIGTERM', end)
  if (process.connected) {
    // Ctrl-C reaches the whole group; our parent ends us, or dies.
    process.on('SIGINT', () => {})
    process.once('disconnect', end)
  } else process.once('SIGINT', end)
}
