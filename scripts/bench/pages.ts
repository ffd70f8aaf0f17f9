// How long the dashboard's pages take in production mode, on the data of the demo: complete HTML, one caller, cold
// pages warmed once. Aim: under 300 ms at the median.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { end, root, startGatehouse } from '@/e2e/harness/gatehouse-server'

const ROUNDS = 15

const gatehouse = await startGatehouse()
try {
  const seeded = spawnSync(process.execPath, ['--enable-source-maps', join(root, 'dist/demo-seed.js')], {
    env: { ...gatehouse.env, ROLES: 'worker', GATEWAY_INTERNAL_URL: `http://127.0.0.1:${gatehouse.port}`, DEMO_UPSTREAM_PORT: String(gatehouse.upstream.port), DEMO_UPSTREAM_SECRET: gatehouse.upstream.secret },
    encoding: 'utf8',
  })
  if (seeded.status !== 0) throw new Error(seeded.stderr)
  const demo = JSON.parse(readFileSync(join(gatehouse.dataDir, 'demo.json'), 'utf8')) as { admin: { url: string; email: string; password: string }; accounting: { service_id: string } }
  const { cookie, application, account, plan } = await signIn(demo.admin, demo.accounting.service_id)

  const product = `/products/${demo.accounting.service_id}`
  const paths = ['/', '/products', product, `${product}/methods`, `${product}/mapping-rules`, `${product}/import`, `${product}/gateway`, `${product}/plans`, plan, `${plan}/matrix`, `${product}/end-users`, `${product}/analytics`, `${product}/settings`]
  const all = [...paths, '/accounts', account, '/applications', application, '/settings/organisation', '/settings/members', '/settings/sessions', '/settings/audit-log', '/settings/features']
  const times = new Map<string, number[]>(all.map((path) => [path, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const path of all) {
      const took = await timed(path, cookie, demo.admin.url)
      if (round > 0) times.get(path)!.push(took)
    }
  }
  report(times)
} finally {
  await gatehouse.stop()
  await end(gatehouse.upstream.process, 'SIGTERM')
}

async function signIn(admin: { url: string; email: string; password: string }, productId: string): Promise<{ cookie: string; application: string; account: string; plan: string }> {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
  try {
    const page = await browser.newPage()
    await page.goto(`${admin.url}/sign-in`)
    await page.getByLabel('E-mail or user name').fill(admin.email)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    const first = async (list: string, link: RegExp) => {
      await page.goto(`${admin.url}${list}`)
      const links = await page.locator('main a').evaluateAll((all) => all.map((each) => (each as HTMLAnchorElement).pathname))
      return links.find((each) => link.test(each)) ?? list
    }
    return {
      application: await first('/applications', /^\/applications\/\d+$/),
      account: await first('/accounts', /^\/accounts\/\d+$/),
      plan: await first(`/products/${productId}/plans`, /\/plans\/\d+$/),
      cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; '),
    }
  } finally {
    await browser.close()
  }
}

async function timed(path: string, cookie: string, admin: string): Promise<number> {
  const { request } = await import('undici')
  const url = new URL(admin)
  const began = performance.now()
  const answer = await request(`http://127.0.0.1:${url.port}${path}`, { headers: { host: url.host, cookie, accept: 'text/html' } })
  await answer.body.dump({ limit: 64 << 20 })
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`)
  return performance.now() - began
}

function report(times: Map<string, number[]>): void {
  const medians = [...times].map(([path, list]) => ({ path, median: list.sort((one, other) => one - other)[Math.floor(list.length / 2)]!, slowest: list.at(-1)! }))
  console.log('\nDashboard pages, production mode, complete HTML, one caller\n')
  console.log('page                                  median ms   slowest ms')
  for (const { path, median, slowest } of medians) console.log(`${path.padEnd(36)}${median.toFixed(0).padStart(11)}${slowest.toFixed(0).padStart(13)}`)
  const over = medians.filter(({ median }) => median > 300)
  console.log(over.length === 0 ? '\nEvery page is under 300 ms at the median.' : `\nOver 300 ms at the median: ${over.map(({ path }) => path).join(', ')}`)
}
