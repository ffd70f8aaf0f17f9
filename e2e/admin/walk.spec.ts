import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { openMail } from '@/e2e/harness/mailbox'
import { call, expect, inForce, newSlug, patiently, settled, test, world, type Tenant } from '@/e2e/harness/world'

// The table of docs/walkthrough.md, step by step through the screens, on a tenant that signs up here.
const document = new URL('../data/twitter-rest-1.1.openapi.json', import.meta.url)
const password = 'a long and winding password'
const mentions = '/1.1/statuses/mentions_timeline.json'

test('a newcomer signs up, imports an API, calls it through the gateway, makes plans and sees limits bite', async ({ page }) => {
  const tenant = await test.step('sign up and confirm through the mailbox', () => signUp(page))

  await test.step('Home leads through the walk', async () => {
    await expect(page.getByText('0 of 8 done')).toBeVisible()
    await expect(page.getByText(/Free trial until/).first()).toBeVisible()
  })

  const product = await test.step('define the API: Import', () => importTwitter(page))
  const staging = await test.step('integrate: private base URL, test, green line', () => integrate(page, product))
  const production = await test.step('promote to production', () => promote(page))
  expect(production).not.toBe(staging)
  await test.step('plans: delete Basic and Unlimited, make Trial, Public and Partner', () => makePlans(page, product))
  await test.step('limits: two periods at once on one method', () => limitMentions(page))

  const key = await test.step('place a partner on Public and take its key', () => placePartner(page))

  await test.step('a call is let through, limited and counted', async () => {
    await expect.poll(async () => (await call(`${production}${mentions}?user_key=${key}`)).status).toBe(200)
    const second = await call(`${production}${mentions}?user_key=${key}`)
    expect(second.status).toBe(429)
    expect(second.body).toBe('Usage limit exceeded')
    expect(second.headers['retry-after']).toMatch(/^\d+$/)
    expect((await call(`${production}${mentions}`)).body).toBe('Authentication parameters missing')
    expect((await call(`${production}/nowhere?user_key=${key}`)).body).toBe('No Mapping Rule matched')
    expect((await call(`${production}${mentions}?user_key=uk_wrong`)).body).toBe('Authentication failed')
  })

  await test.step('usage shows what the upstream saw', async () => {
    await expect(async () => {
      await page.goto(`${tenant.admin}/products/${product}/analytics`)
      await expect(page.getByRole('row', { name: /statuses\/mentions_timeline/ }).getByText('1', { exact: true }).first()).toBeVisible({ timeout: 1_000 })
    }).toPass(patiently)
  })

  await test.step('suspended is refused within a second, resumed goes on', async () => {
    await page.goto(`${tenant.admin}/applications`)
    await page.getByRole('link', { name: 'Bird Watch' }).click()
    await page.getByRole('button', { name: 'Suspend' }).click()
    await page.getByRole('button', { name: 'Suspend application' }).click()
    await expect(page.getByText('Application suspended')).toBeVisible()
    await expect.poll(async () => (await call(`${production}${mentions}?user_key=${key}`)).body, inForce).toBe('Authentication failed')
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByText('Application resumed')).toBeVisible()
    await expect.poll(async () => (await call(`${production}/1.1/account/settings.json?user_key=${key}`)).status, inForce).toBe(200)
  })

  await test.step('end users appear once the feature is on', async () => {
    await page.goto(`${tenant.admin}/products/${product}`)
    await expect(page.getByRole('link', { name: 'End users' })).toHaveCount(0)
    await page.goto(`${tenant.admin}/settings/features`)
    await page.getByRole('switch', { name: /End-user plans/ }).check()
    await expect(page.getByText('End-user plans are on').first()).toBeVisible()
    await page.goto(`${tenant.admin}/products/${product}/end-users`)
    await page.getByRole('button', { name: 'New plan' }).first().click()
    await page.getByLabel('Name').fill('User Limits')
    await page.getByRole('button', { name: 'Create plan' }).click()
    await expect(page.getByText('Plan created')).toBeVisible()
  })

  await test.step('the checklist has ticked itself off', async () => {
    await page.goto(`${tenant.admin}/`)
    for (const title of ['Define your API', 'Call it through the gateway', 'Decide who may do what', 'Read the analytics']) await expect(page.getByText(`${title} (done)`)).toBeVisible()
  })
})

async function signUp(page: Page): Promise<Tenant> {
  const slug = newSlug()
  const tenant = { slug, org: 'Birdsong', email: `ada@${slug}.example`, password, admin: world.origin(`${slug}.admin`) }
  await page.goto(world.origin())
  await page.getByRole('link', { name: 'Open your API' }).first().click()
  await page.getByLabel('Organisation').fill(tenant.org)
  await page.getByLabel('Subdomain').fill('www')
  await expect(page.getByLabel('Subdomain')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Subdomain').fill(slug)
  await expect(page.getByText(`${slug} is free.`)).toBeVisible()
  await page.getByLabel('Your name').fill('Ada Finch')
  await page.getByLabel('E-mail').fill(tenant.email)
  await page.getByLabel('Password', { exact: true }).fill(tenant.password)
  await page.getByRole('button', { name: 'Open your API' }).click()
  await expect(page.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible()

  const links = await openMail(page, tenant.email)
  await page.goto(links.find((link) => link.includes('confirm-email'))!)
  await page.getByRole('button', { name: 'Confirm and open the dashboard' }).click()
  await page.waitForURL(`${tenant.admin}/`)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await settled(page)
  return tenant
}

async function importTwitter(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'APIs', exact: true }).first().click()
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByRole('link', { name: 'Methods' }).click()
  await page.getByRole('link', { name: 'Import' }).first().click()
  await page.getByLabel('Or paste it').fill('openapi: 3.0.0\ninfo: [broken')
  await page.getByRole('button', { name: 'Preview the import' }).click()
  await expect(page.getByText('This document cannot be imported')).toBeVisible()
  await expect(page.getByText(/[Ll]ine \d/)).toBeVisible()

  await page.getByLabel('OpenAPI file').setInputFiles({ name: 'twitter.json', mimeType: 'application/json', buffer: readFileSync(document) })
  await page.getByRole('button', { name: 'Preview the import' }).click()
  await expect(page.getByText(/83 to create/)).toBeVisible()
  await page.getByRole('button', { name: 'Import 83 methods' }).click()
  await expect(page.getByText('83 methods and 83 mapping rules')).toBeVisible(patiently)
  await page.getByRole('link', { name: 'Next: where does your API live?' }).click()
  await expect(page.getByRole('heading', { name: 'Gateway', exact: true })).toBeVisible()
  return /products\/(\d+)/.exec(page.url())![1]!
}

async function integrate(page: Page, product: string): Promise<string> {
  const address = page.getByRole('textbox', { name: 'Private base URL' })
  await expect(address).toHaveValue('https://api.twitter.com')
  await address.fill(`${world.upstream.url}/1.1`)
  await page.getByRole('button', { name: 'Save address' }).click()
  await page.getByRole('button', { name: 'Leave /1.1 out' }).click()
  await expect(page.getByText('Private base URL saved').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Leave /1.1 out' })).toHaveCount(0)
  await expect(address).toHaveValue(world.upstream.url)

  // A careful API owner: without the secret token the upstream refuses, and the red line says where to look.
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('Your API answered 403: it refused the call.')).toBeVisible()
  await page.locator('#secret-token').getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByLabel('A value of your own').fill(world.upstream.secret)
  await page.getByRole('button', { name: 'Rotate secret token' }).click()
  // A secret is at stake: the password again.
  await page.getByRole('dialog', { name: 'Your password, please' }).getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Secret token rotated').first()).toBeVisible()
  await expect(async () => {
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await expect(page.getByText(/Your API answered 200 in/).first()).toBeVisible({ timeout: 5_000 })
  }).toPass(patiently)
  await expect(page.getByText(/matched and counted/)).toBeVisible()

  await page.getByLabel('Test request').fill('/1.1/no/such/path')
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('No mapping rule matched this path.')).toBeVisible()
  expect(page.url()).toContain(`/products/${product}/gateway`)
  return (await page.getByText(/^http:\/\/.*\.staging\.gw\.localhost:\d+$/).first().textContent())!
}

async function promote(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Promote to production' }).click()
  await page.getByRole('button', { name: 'Promote now' }).click()
  await expect(page.getByText('Promoted to production').first()).toBeVisible()
  await expect(page.getByRole('list').filter({ hasText: 'Version 1' }).getByText('Live').first()).toBeVisible()
  return (await page.getByText(/^http:\/\/(?!.*staging).*\.gw\.localhost:\d+$/).first().textContent())!
}

async function makePlans(page: Page, product: string): Promise<void> {
  const plans = new URL(`/products/${product}/plans`, page.url()).href
  await page.goto(plans)
  for (const name of ['Basic', 'Unlimited']) {
    await page.getByRole('button', { name: `More for ${name}` }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete plan' }).click()
    await expect(page.getByText(`${name} is deleted`)).toBeVisible()
  }
  await expect(page.getByText(/nobody can sign up/i).first()).toBeVisible()
  for (const [name, state] of [['Trial', 'published'], ['Partner', 'hidden'], ['Public', 'published']] as const) {
    await page.goto(plans)
    await page.getByRole('button', { name: 'New plan' }).first().click()
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('State').selectOption(state)
    if (name === 'Public') await page.getByLabel('Needs approval').check()
    await page.getByRole('button', { name: 'Create plan' }).click()
    await expect(page.getByRole('button', { name: 'Reads only' })).toBeVisible()
    if (name === 'Trial') {
      await page.getByRole('button', { name: 'Reads only' }).click()
      await expect(page.getByText('51 of 83 methods enabled')).toBeVisible()
      await page.getByLabel('Methods added later').selectOption('reads_only')
      await expect(page.getByText('Saved', { exact: true })).toBeVisible()
    }
  }
  await page.goto(plans)
  await page.getByLabel('Default plan').selectOption({ label: 'Trial' })
  await expect(page.getByText('Default plan saved')).toBeVisible()
  await page.getByRole('link', { name: 'Public', exact: true }).click()
}

async function limitMentions(page: Page): Promise<void> {
  await page.getByLabel('Search methods').fill('mentions_timeline')
  await page.getByRole('button', { name: 'Limits of GET statuses/mentions_timeline' }).click()
  await page.getByRole('button', { name: 'New limit' }).click()
  await page.getByLabel('Period').first().selectOption('day')
  await page.getByLabel('Value').first().fill('1')
  await page.getByRole('button', { name: 'New limit' }).click()
  await page.getByLabel('Value').nth(1).fill('60')
  await page.getByRole('button', { name: 'Save limits' }).click()
  await expect(page.getByText('Limits saved')).toBeVisible()
  await expect(page.getByText('1 a day')).toBeVisible()
}

async function placePartner(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Accounts' }).click()
  await page.getByRole('link', { name: 'New account' }).first().click()
  await page.getByLabel('Organisation').fill('Northwind Press')
  await page.getByLabel('E-mail').fill('grace@northwind.example')
  await page.getByLabel('First name').fill('Grace')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Northwind Press' })).toBeVisible()

  await page.getByRole('link', { name: 'Applications', exact: true }).first().click()
  await page.getByRole('link', { name: 'New application' }).first().click()
  await page.getByLabel('Account').selectOption({ label: 'Northwind Press' })
  await page.getByLabel('Plan').selectOption({ label: 'Public' })
  await page.getByLabel('Name').fill('Bird Watch')
  await page.getByRole('button', { name: 'Create application' }).click()
  await expect(page.getByRole('heading', { name: 'Bird Watch' })).toBeVisible()
  await page.getByRole('button', { name: 'Show key' }).click()
  await expect(page.getByText(/^uk_[0-9A-Za-z]{36}$/)).toBeVisible()
  return (await page.getByText(/^uk_[0-9A-Za-z]{36}$/).textContent())!
}
