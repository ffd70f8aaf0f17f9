// How long the pages take in production mode, on the data of the demo: complete HTML, one caller, cold pages warmed
// once. Aims at the median: dashboard pages under 300 ms, the portal's home under 50 ms. Nothing of the portal is kept
// rendered, so every round renders anew.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { end, root, startGatehouse } from '@/e2e/harness/gatehouse-server'

const ROUNDS = 15
const PORTAL_ROUNDS = 60

type Login = { url: string; email: string; password: string }

const gatehouse = await startGatehouse()
try {
  const seeded = spawnSync(process.execPath, ['--enable-source-maps', join(root, 'dist/demo-seed.js')], {
    env: { ...gatehouse.env, ROLES: 'worker', GATEWAY_INTERNAL_URL: `http://127.0.0.1:${gatehouse.port}`, DEMO_UPSTREAM_PORT: String(gatehouse.upstream.port), DEMO_UPSTREAM_SECRET: gatehouse.upstream.secret, DEMO_HOOKS_PORT: String(gatehouse.receiver.port) },
    encoding: 'utf8',
  })
  if (seeded.status !== 0) throw new Error(seeded.stderr)
  const demo = JSON.parse(readFileSync(join(gatehouse.dataDir, 'demo.json'), 'utf8')) as { admin: Login; portal: Login; accounting: { service_id: string } }
  const { cookie, application, account, plan } = await signIn(demo.admin, demo.accounting.service_id)

  const product = `/products/${demo.accounting.service_id}`
  const paths = ['/', '/products', product, `${product}/methods`, `${product}/mapping-rules`, `${product}/import`, `${product}/gateway`, `${product}/plans`, plan, `${plan}/matrix`, `${product}/end-users`, `${product}/activedocs`, `${product}/analytics`, `${product}/settings`]
  const portal = ['/portal/content', '/portal/content/layout/main_layout', '/portal/theme', '/portal/domains', '/portal/email', '/portal/fields', '/portal/settings', '/alerts', '/settings/webhooks']
  const all = [...paths, '/accounts', account, '/applications', application, '/requests', ...portal, '/settings/organisation', '/settings/members', '/settings/sessions', '/settings/audit-log', '/settings/features']
  report('Dashboard pages', await measure(all, cookie, demo.admin.url, ROUNDS), 300)
  const visitor = ['/', '/docs', '/docs/twitter', '/plans', '/signup', '/login']
  report('Portal pages, a visitor', await measure(visitor, '', demo.portal.url, PORTAL_ROUNDS), 50)
  const partner = ['/', '/admin', '/admin/applications', '/admin/account', '/buyer/stats', '/docs']
  report('Portal pages, a partner', await measure(partner, await signInToPortal(demo.portal), demo.portal.url, PORTAL_ROUNDS), 100)
} finally {
  await gatehouse.stop()
  await end(gatehouse.upstream.process, 'SIGTERM')
}

/** Complete answers per path, in milliseconds; the first round only warms. */
async function measure(paths: string[], cookie: string, origin: string, rounds: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(paths.map((path) => [path, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const path of paths) {
      const took = await timed(path, cookie, origin)
      if (round > 0) times.get(path)!.push(took)
    }
  }
  return times
}

async function signInToPortal(portal: Login): Promise<string> {
  return inBrowser(async (page) => {
    await page.goto(`${portal.url}/login`)
    await page.locator('input[name="username"]').fill(portal.email)
    await page.locator('input[name="password"]').fill(portal.password)
    await page.locator('form[action="/session"] [type="submit"]').click()
    await page.waitForURL(`${portal.url}/admin`)
    return (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  })
}

async function inBrowser<Result>(work: (page: Page) => Promise<Result>): Promise<Result> {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
  try {
    return await work(await browser.newPage())
  } finally {
    await browser.close()
  }
}

async function signIn(admin: Login, productId: string): Promise<{ cookie: string; application: string; account: string; plan: string }> {
  return inBrowser(async (page) => {
    await page.goto(`${admin.url}/sign-in`)
    await page.getByLabel('E-mail or user name').fill(admin.email)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    const first = async (list: string, link: RegExp) => {
      await page.goto(`${admin.url}${list}`)
      // The list may still be on its way behind a skeleton.
      const found = await page.waitForFunction((source) => [...document.querySelectorAll('main a')].map((each) => (each as HTMLAnchorElement).pathname).find((each) => new RegExp(source).test(each)), link.source)
      return (await found.jsonValue()) as string
    }
    return {
      application: await first('/applications', /^\/applications\/\d+$/),
      account: await first('/accounts', /^\/accounts\/\d+$/),
      plan: await first(`/products/${productId}/plans`, /\/plans\/\d+$/),
      cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; '),
    }
  })
}

async function timed(path: string, cookie: string, origin: string): Promise<number> {
  const { request } = await import('undici')
  const url = new URL(origin)
  const began = performance.now()
  const answer = await request(`http://127.0.0.1:${url.port}${path}`, { headers: { host: url.host, accept: 'text/html', ...(cookie && { cookie }) } })
  await answer.body.dump({ limit: 64 << 20 })
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`)
  return performance.now() - began
}

function report(title: string, times: Map<string, number[]>, aimMs: number): void {
  const medians = [...times].map(([path, list]) => ({ path, median: list.sort((one, other) => one - other)[Math.floor(list.length / 2)]!, slowest: list.at(-1)! }))
  console.log(`\n${title}, production mode, complete HTML, one caller\n`)
  console.log('page                                  median ms   slowest ms')
  for (const { path, median, slowest } of medians) console.log(`${path.padEnd(36)}${median.toFixed(0).padStart(11)}${slowest.toFixed(0).padStart(13)}`)
  const over = medians.filter(({ median }) => median > aimMs)
  console.log(over.length === 0 ? `\nEvery page is under ${aimMs} ms at the median.` : `\nOver ${aimMs} ms at the median: ${over.map(({ path }) => path).join(', ')}`)
}
