import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { root } from '@/e2e/harness/gatehouse-server'
import { world } from '@/e2e/harness/world'
import { seedPair } from '@/e2e/isolation/seeded-world'

// That every page lives with the policy, e2e/admin/accessibility.spec.ts shows; here, that the policy bites.
test('CSP-1 on the dashboard no inline script and no handler in markup runs, and no form goes elsewhere', async ({ page, context }) => {
  const [tenant] = (await seedPair()).tenants
  const origin = world.origin(`${tenant!.slug}.admin`)
  const { cookieName, cookie } = tenant!.people.admin
  await context.addCookies([{ name: cookieName, value: cookie, url: origin, httpOnly: true, sameSite: 'Lax' }])
  await page.goto(`${origin}/settings/sessions`)
  const reports = await page.evaluate(async () => {
    const heard: string[] = []
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => heard.push(effectiveDirective))
    const planted = document.createElement('div')
    planted.innerHTML = '<img src="/nowhere.png" onerror="window.ranHandler = true"><form action="https://evil.example/" method="post"></form><iframe src="https://evil.example/"></iframe><object data="/nowhere"></object>'
    document.body.append(planted)
    // A script the parser finds; one that a trusted script makes is trusted, which is what 'strict-dynamic' says.
    const frame = document.createElement('iframe')
    frame.srcdoc = '<script>parent.ranInline = true</script>'
    document.body.append(frame)
    document.head.append(Object.assign(document.createElement('base'), { href: 'https://evil.example/' }))
    planted.querySelector('form')!.submit()
    const awaited = ['script-src-attr', 'form-action', 'frame-src', 'object-src', 'base-uri']
    for (const deadline = Date.now() + 30_000; Date.now() < deadline && !awaited.every((directive) => heard.includes(directive)); ) await new Promise((resolve) => setTimeout(resolve, 50))
    // What would have run has had its time by then.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return { heard, ran: Object.keys(window).filter((key) => key.startsWith('ran')), base: document.baseURI }
  })
  expect(reports.ran).toEqual([])
  expect(new URL(reports.base).origin).toBe(origin)
  expect(page.url()).toBe(`${origin}/settings/sessions`)
  expect([...new Set(reports.heard)]).toEqual(expect.arrayContaining(['script-src-attr', 'form-action', 'frame-src', 'object-src', 'base-uri']))
})

test('PLAT-5 nothing that depends on host or session is rendered ahead of its request', () => {
  const { routes, dynamicRoutes } = JSON.parse(readFileSync(join(root, '.next/prerender-manifest.json'), 'utf8')) as { routes: object; dynamicRoutes: object }
  expect([...Object.keys(routes), ...Object.keys(dynamicRoutes)].filter((route) => route.startsWith('/zone'))).toEqual([])
})
