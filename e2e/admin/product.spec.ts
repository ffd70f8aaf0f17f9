import { call, expect, inForce, makeTenant, signIn, test, upstreamAccepts, world } from '@/e2e/harness/world'

// The steps of docs/walkthrough.md that the first walk does not take: by hand, with headers and rotated keys, back again.
const secret = 'a-secret-of-this-product-alone'

test('by hand: a method, its rule, headers for credentials, two keys in rotation, promotion and rollback', async ({ page }) => {
  const tenant = makeTenant()
  await upstreamAccepts(secret)
  await signIn(page, tenant)

  await test.step('another API: New product', async () => {
    await page.goto(`${tenant.admin}/products`)
    await page.getByRole('button', { name: 'New product' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('Search API')
    await page.getByLabel('System name').fill('search')
    await page.getByRole('radio', { name: /Application id and key/ }).check()
    await page.getByRole('button', { name: 'Create product' }).click()
    await expect(page.getByRole('navigation', { name: /Search API/ }).getByRole('link', { name: 'Methods' })).toBeVisible()
  })
  const product = new URL(page.url()).pathname

  await test.step('New method, marked until a rule leads to it', async () => {
    await page.goto(`${tenant.admin}${product}/methods`)
    await page.getByRole('button', { name: 'New method' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('Search tweets')
    await page.getByLabel('System name').fill('search_tweets')
    await page.getByLabel('Description').fill('Finds tweets by a word.')
    await page.getByRole('button', { name: 'Create method' }).click()
    await expect(page.getByRole('row', { name: /Search tweets/ }).getByText('No rule')).toBeVisible()
  })

  await test.step('New mapping rule; Test a path; order by keyboard', async () => {
    await page.goto(`${tenant.admin}${product}/mapping-rules`)
    await page.getByRole('button', { name: 'New mapping rule' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Pattern').fill('search{')
    await dialog.getByLabel('Method').selectOption({ label: 'Search tweets' })
    await dialog.getByRole('button', { name: 'Create mapping rule' }).click()
    await expect(dialog.getByLabel('Pattern')).toHaveAttribute('aria-invalid', 'true')
    await dialog.getByLabel('Pattern').fill('/1.1/search/{what}.json$')
    await dialog.getByLabel('Last').check()
    await dialog.getByRole('button', { name: 'Create mapping rule' }).click()
    await expect(page.getByText('Mapping rule created')).toBeVisible()
    await page.getByRole('button', { name: 'Move GET /1.1/search/{what}.json$ up' }).click()
    await expect(page.getByText('Order saved').first()).toBeVisible()

    await page.getByLabel('Path').fill('/1.1/search/tweets.json?q=x')
    await page.getByRole('button', { name: 'Test the path' }).click()
    await expect(page.getByText('Counts Hits +1, Search tweets +1').or(page.getByText('Counts Search tweets +1, Hits +1'))).toBeVisible()
    await expect(page.getByText(/Does not count: a rule above is the last/)).toBeVisible()
  })

  await test.step('Gateway: address, own secret, credentials in headers', async () => {
    await page.goto(`${tenant.admin}${product}/gateway`)
    await page.getByRole('textbox', { name: 'Private base URL' }).fill('ftp://nowhere')
    await page.getByRole('button', { name: 'Save address' }).click()
    await expect(page.getByRole('textbox', { name: 'Private base URL' })).toHaveAttribute('aria-invalid', 'true')
    await page.getByRole('textbox', { name: 'Private base URL' }).fill(world.upstream.url)
    await page.getByRole('button', { name: 'Save address' }).click()
    await expect(page.getByText('Private base URL saved').first()).toBeVisible()
    await page.locator('#secret-token').getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByLabel('A value of your own').fill(secret)
    await page.getByRole('button', { name: 'Rotate secret token' }).click()
    await page.getByRole('dialog', { name: 'Your password, please' }).getByLabel('Password').fill(tenant.password)
    await page.keyboard.press('Enter')
    await expect(page.getByText('Secret token rotated').first()).toBeVisible()
    await page.getByRole('radio', { name: /Headers/ }).check()
    await page.getByLabel('Application id name').fill('X-App-Id')
    await page.getByLabel('Application key name').fill('X-App-Key')
    await page.getByRole('button', { name: 'Save credentials' }).click()
    await expect(page.getByText('Credentials saved').first()).toBeVisible()
    await page.getByRole('button', { name: 'Promote to production' }).click()
    await page.getByRole('button', { name: 'Promote now' }).click()
    await expect(page.getByText('Version 1 is live').first()).toBeVisible()
  })
  const production = (await page.getByText(/^http:\/\/search(?!.*staging).*\.gw\.localhost:\d+$/).first().textContent())!

  await test.step('a plan, a partner, an application', async () => {
    await page.goto(`${tenant.admin}${product}/plans`)
    await page.getByRole('button', { name: 'New plan' }).first().click()
    await page.getByLabel('Name').fill('Open')
    await page.getByLabel('State').selectOption('published')
    await page.getByRole('button', { name: 'Create plan' }).click()
    await expect(page.getByText('Plan created')).toBeVisible()
    await page.goto(`${tenant.admin}/accounts/new`)
    await page.getByLabel('Organisation').fill('Harbour Labs')
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByRole('heading', { name: 'Harbour Labs' })).toBeVisible()
    await page.goto(`${tenant.admin}/applications/new`)
    await page.getByLabel('Plan').selectOption({ label: 'Open' })
    await page.getByLabel('Name').fill('Finder')
    await page.getByRole('button', { name: 'Create application' }).click()
    await expect(page.getByRole('heading', { name: 'Finder' })).toBeVisible()
  })

  await test.step('two keys work at once; a revoked one is refused within a second', async () => {
    const appId = (await page.getByText('Application id', { exact: true }).locator('..').locator('code').first().textContent())!
    await page.getByRole('button', { name: 'Show key' }).first().click()
    const first = (await page.getByText(/^ak_[0-9A-Za-z]{36}$/).first().textContent())!
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
    await expect(page.getByText('Key added')).toBeVisible()
    await page.getByRole('button', { name: 'Show key' }).first().click()
    await expect(page.getByText(/^ak_[0-9A-Za-z]{36}$/)).toHaveCount(2)
    const second = (await page.getByText(/^ak_[0-9A-Za-z]{36}$/).allTextContents()).find((key) => key !== first)!

    const search = (key: string) => call(`${production}/1.1/search/tweets.json?q=tide`, { 'x-app-id': appId, 'x-app-key': key })
    for (const key of [first, second]) await expect.poll(async () => (await search(key)).status, inForce).toBe(200)
    expect((await call(`${production}/1.1/search/tweets.json`)).body).toBe('Authentication parameters missing')

    const hint = first.slice(-4)
    await page.getByRole('listitem').filter({ hasText: first }).getByRole('button', { name: new RegExp(`Revoke.*${hint}`) }).click()
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await expect(page.getByText('Key revoked')).toBeVisible()
    await expect.poll(async () => (await search(first)).body, inForce).toBe('Authentication failed')
    expect((await search(second)).status).toBe(200)
  })

  await test.step('an edit stays on staging until promoted; one click brings the old version back', async () => {
    await page.goto(`${tenant.admin}${product}/gateway`)
    const body = page.getByRole('group', { name: 'Credentials missing' }).getByLabel('Body')
    await body.fill('Bring a key')
    await page.getByRole('button', { name: 'Save error answers' }).click()
    await expect(page.getByText('Error answers saved').first()).toBeVisible()
    const staging = production.replace('.gw.', '.staging.gw.')
    await expect.poll(async () => (await call(`${staging}/1.1/search/tweets.json`)).body, inForce).toBe('Bring a key')
    expect((await call(`${production}/1.1/search/tweets.json`)).body).toBe('Authentication parameters missing')

    await page.reload()
    await page.getByRole('button', { name: 'Promote to production' }).click()
    await page.getByRole('button', { name: 'Promote now' }).click()
    await expect(page.getByText('Version 2 is live').first()).toBeVisible()
    await expect.poll(async () => (await call(`${production}/1.1/search/tweets.json`)).body, inForce).toBe('Bring a key')
    await page.getByRole('button', { name: 'Roll back to this' }).click()
    await page.getByRole('button', { name: 'Roll back to version 1' }).click()
    await expect.poll(async () => (await call(`${production}/1.1/search/tweets.json`)).body, inForce).toBe('Authentication parameters missing')
    await expect(page.getByText(/Brought back by/).first()).toBeVisible()
  })

  await test.step('naming, and deletion with the typed system name', async () => {
    await page.goto(`${tenant.admin}${product}/settings`)
    await page.getByLabel('Name', { exact: true }).fill('Finder API')
    await page.getByRole('button', { name: 'Save naming' }).click()
    await expect(page.getByText('Naming saved').first()).toBeVisible()
    await page.getByRole('button', { name: 'Delete product' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('button', { name: 'Delete product' })).toBeDisabled()
    await dialog.getByRole('textbox').fill('search')
    await dialog.getByRole('button', { name: 'Delete product' }).click()
    await page.waitForURL(`${tenant.admin}/products`)
    await expect.poll(async () => (await call(`${production}/1.1/search/tweets.json`)).status, inForce).toBe(404)
  })
})
