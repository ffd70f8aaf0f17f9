import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { expect, test as base, type Page } from '@playwright/test'
import { root } from '@/e2e/harness/gatehouse-server'

/** The Gatehouse of this run, as the walks see it (started by global-setup). */
export const world = {
  get port() {
    return Number(process.env.E2E_PORT)
  },
  get upstream() {
    return { url: process.env.E2E_UPSTREAM_URL ?? '', secret: process.env.E2E_UPSTREAM_SECRET ?? '' }
  },
  /** The receiver of webhooks (e2e/fakes/webhook-receiver.ts), without a slash at the end. */
  get receiver() {
    return (process.env.E2E_RECEIVER_URL ?? '').replace(/\/$/, '')
  },
  origin(host = ''): string {
    return `http://${host ? `${host}.` : ''}localhost:${world.port}`
  },
}

export type Tenant = { slug: string; org: string; email: string; password: string; admin: string }

/** A tenant made by the command line, e-mail confirmed: for tests that are not about signing up. */
export function makeTenant(): Tenant {
  const slug = newSlug()
  const tenant = { slug, org: `Org ${slug}`, email: `ada@${slug}.example`, password: 'a long and winding password', admin: world.origin(`${slug}.admin`) }
  const done = spawnSync(
    join(root, 'node_modules/node/bin/node'),
    ['--import', `${root}/scripts/alias.mjs`, `${root}/scripts/gatehouse/main.ts`, 'tenant', 'create', '--slug', slug, '--org', tenant.org, '--email', tenant.email, '--password', tenant.password, '--json'],
    { cwd: root, env: JSON.parse(process.env.E2E_ENV ?? '{}') as NodeJS.ProcessEnv, encoding: 'utf8' },
  )
  if (done.status !== 0) throw new Error(done.stderr || done.stdout)
  return tenant
}

export function newSlug(): string {
  return `t${randomBytes(5).toString('hex')}`
}

export async function signIn(page: Page, tenant: Tenant): Promise<void> {
  await page.goto(`${tenant.admin}/sign-in`)
  await page.getByLabel('E-mail or user name').fill(tenant.email)
  await page.getByLabel('Password', { exact: true }).fill(tenant.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await settled(page)
}

/** The page that was just loaded is all there and listens. It arrives in pieces: whoever clicks on before its end leaves a page in the middle of its making. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page.waitForFunction(isListening)
}

export type GatewayAnswer = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

/** A connection for each call: one kept since the last may be closed by the server in the moment it is used again. */
const agent = new Agent({ keepAlive: false })

/** One call as an API client sends it. Node does not resolve `*.localhost`, so: the address, and the host as a header. */
export function call(url: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<GatewayAnswer> {
  const target = new URL(url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: target.port, path: target.pathname + target.search, method, headers: { host: target.host, ...headers }, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** What is changed on screen is heard of by the gateway within a second; unheard it would show after a minute only. In between: a machine too busy for a second. */
export const inForce = { timeout: 10_000, intervals: [20, 50, 100] }

/** What the worker does in its own time: usage booked, mail written, webhooks sent. */
export const patiently = { timeout: 60_000 }

/** Lets the upstream take a secret token of a product's own, beside the one it was started with. */
export async function upstreamAccepts(secret: string): Promise<void> {
  await fetch(`${world.upstream.url}/__secrets`, { method: 'PUT', body: JSON.stringify([world.upstream.secret, secret]) })
}

/** How often the stand-in upstream has seen a call such as `GET /1.1/search/tweets.json`, by whomever. */
export async function upstreamHits(call: string): Promise<number> {
  const { calls } = (await (await fetch(`${world.upstream.url}/__hits`)).json()) as { calls: Record<string, number> }
  return calls[call] ?? 0
}

/** Every walk fails on an error in the console, on an uncaught one, and on a report of the content security policy. `partner` is a second browser. */
export const test = base.extend<{ partner: Page }>({
  page: async ({ page }, use) => {
    const problems = watch(page)
    await use(page)
    expect(problems).toEqual([])
  },
  partner: async ({ browser }, use) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    const problems = watch(page)
    await use(page)
    await context.close()
    expect(problems, 'in the browser of the partner').toEqual([])
  },
})

/** Collects what goes wrong in a page, and lets `goto` and `reload` wait until it listens. */
function watch(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && !isExpected(message.text()) && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(String(error)))
  const goto = page.goto.bind(page)
  page.goto = async (url, options) => {
    const response = await goto(url, options)
    await page.waitForFunction(isListening)
    return response
  }
  const reload = page.reload.bind(page)
  page.reload = async (options) => {
    const response = await reload(options)
    await page.waitForFunction(isListening)
    return response
  }
  return problems
}

/** A click before the page listens is lost, so walks wait as a person's eye would. Pages without script have nothing to wait for. */
function isListening(): boolean {
  const controls = [...document.querySelectorAll('button, select, input')]
  return document.querySelector('script[src*="/_next/"]') === null || controls.every((control) => Object.keys(control).some((key) => key.startsWith('__reactProps')))
}

/** The browser's own lines: about an answer a test asked for on purpose, and about axe knocking at a frame that runs no scripts. */
function isExpected(text: string): boolean {
  return /Failed to load resource: the server responded with a status of (401|403|404|409|422|429)/.test(text) || text.startsWith("Blocked script execution in 'about:srcdoc'")
}

export { expect }
