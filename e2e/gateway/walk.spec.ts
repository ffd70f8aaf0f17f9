import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { startLoginSite } from '@/e2e/fakes/login-site'
import { makePlan, placePartner, promote, readAddresses, readSecret, sayPassword, setAuthenticationMode } from '@/e2e/harness/dashboard'
import { openTenant } from '@/e2e/harness/open-tenant'
import { becomePartner, shownCurl } from '@/e2e/harness/partner'
import { call, expect, inForce, patiently, signIn, test, upstreamHits, world } from '@/e2e/harness/world'

// The gateway in depth, as somebody does it who has just opened an API: through the screens, against the real server.
const userKey = /^uk_[0-9A-Za-z]{36}$/
const appKey = /^ak_[0-9A-Za-z]{36}$/
const reads = '/1.1/account/settings.json'

test('limits: rehearsed with what was used, then exact, however many calls come at once', async ({ page }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  const plan = await makePlan(page, tenant, 'Fifteen')
  await placePartner(page, tenant, { account: 'Northwind Press', application: 'Bird Watch', plan: 'Fifteen' })
  const key = await readSecret(page, page.locator('main'), 'key', userKey, tenant.password)

  await test.step('three calls, and a rehearsal that knows them', async () => {
    for (let n = 0; n < 3; n++) expect((await call(`${tenant.production}${reads}?user_key=${key}`)).status).toBe(200)
    await page.goto(plan)
    await page.getByRole('button', { name: 'Limits of Hits' }).click()
    await page.getByRole('button', { name: 'New limit' }).click()
    await page.getByLabel('Period').first().selectOption('month')
    await page.getByLabel('Value').first().fill('1')
    await expect(async () => {
      await page.getByRole('button', { name: 'Rehearse with the last 30 days' }).click()
      await expect(page.getByText('1 per month: 1 of 1 application would have been refused')).toBeVisible({ timeout: 5_000 })
      await expect(page.getByText(/Northwind Press: about 2 refused in 1 window, at most 3 used in one/)).toBeVisible({ timeout: 1_000 })
    }).toPass(patiently)
    await page.getByLabel('Value').first().fill('3')
    await page.getByRole('button', { name: 'Rehearse with the last 30 days' }).click()
    await expect(page.getByText('3 per month: nobody would have been refused')).toBeVisible()
  })

  await test.step('fifteen a year are saved', async () => {
    // A window that does not end while the test runs.
    await page.getByLabel('Period').first().selectOption('year')
    await page.getByLabel('Value').first().fill('15')
    await page.getByRole('button', { name: 'Save limits' }).click()
    await expect(page.getByText('Limits saved').first()).toBeVisible()
    await expect(page.getByText('15 a year')).toBeVisible()
  })

  await test.step('Limit lab: of sixty at once fifteen pass, and the others are told so', async () => {
    await page.goto(`${tenant.admin}/products/${tenant.product}/plans`)
    await page.getByRole('link', { name: 'Limit lab' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Limit lab' })).toBeVisible()
    await page.getByLabel('Calls at once').fill('60')
    await page.getByLabel('Path').fill(reads)
    await page.getByLabel('As application').selectOption({ label: 'Bird Watch, Northwind Press' })
    await page.getByRole('button', { name: 'Send them' }).click()
    await expect(page.getByText('15 of 60 passed')).toBeVisible(patiently)
    await expect(page.getByRole('listitem').filter({ hasText: 'refused: a limit of the plan is used up' })).toContainText('45')
    const told = page.getByRole('region', { name: 'What a refused caller is told' })
    await expect(told).toContainText('Usage limit exceeded')
    await expect(told).toContainText(/Retry-After: \d+/)
  })

  await test.step('production has counters of its own: three are used, twelve are left', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => call(`${tenant.production}${reads}?user_key=${key}`)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(12)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(18)
  })
})

test('a key is rotated without a gap: both answer, then the old one is revoked', async ({ page }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  await setAuthenticationMode(page, tenant, 'Application id and key')
  await promote(page, tenant, 'Authentication: user key → application id and key')
  await placePartner(page, tenant, { account: 'Northwind Press', application: 'Bird Watch', plan: 'Public' })

  const keys = page.getByRole('list', { name: 'Application keys' }).getByRole('listitem')
  const appId = await page.getByRole('button', { name: 'Copy application id' }).locator('xpath=../code').textContent()
  const old = await readSecret(page, keys.first(), 'key', appKey, tenant.password)
  const ask = async (key: string) => (await call(`${tenant.production}${reads}?app_id=${appId}&app_key=${key}`)).status
  await expect.poll(() => ask(old), inForce).toBe(200)

  await page.getByRole('button', { name: /^Rotate / }).click()
  await expect(page.getByLabel('The old key ends')).toHaveValue('date')
  await page.getByRole('button', { name: 'Make the new key' }).click()
  await expect(page.getByText('New key made').first()).toBeVisible()
  await expect(keys).toHaveCount(2)
  const ending = keys.filter({ hasText: /Ends/ })
  await expect(ending).toHaveCount(1)
  const fresh = await readSecret(page, keys.filter({ hasNotText: /Ends/ }), 'key', appKey, tenant.password)
  expect(fresh).not.toBe(old)
  await expect.poll(() => ask(fresh), inForce).toBe(200)
  expect(await ask(old)).toBe(200)

  await ending.getByRole('button', { name: /^Revoke / }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByText('Key revoked').first()).toBeVisible()
  await expect.poll(() => ask(old), inForce).toBe(403)
  expect(await ask(fresh)).toBe(200)
  await expect(page.getByText('One revoked key')).toBeVisible()
})

test('a refusal explains itself: to the caller, to the tenant, to whoever has the link, and to the partner', async ({ page, partner, browser }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  const { staging } = await readAddresses(page, tenant)
  const ines = await becomePartner(partner, tenant)
  await partner.goto(`${tenant.portal}/admin`)
  const { url, headers } = await shownCurl(partner)
  const { search } = new URL(url)

  await test.step('problem details instead of texts: staging at once, production when promoted', async () => {
    await page.goto(`${tenant.admin}/products/${tenant.product}/gateway`)
    await page.getByLabel('Refusals').selectOption('problem')
    await page.getByRole('button', { name: 'Save error answers' }).click()
    await expect(page.getByText('Error answers saved').first()).toBeVisible()
    await expect.poll(async () => (await call(`${staging}${reads}`)).headers['content-type'], inForce).toMatch(/^application\/problem\+json/)
    expect(await call(`${tenant.production}${reads}`)).toMatchObject({ status: 403, body: 'Authentication parameters missing' })
    await promote(page, tenant, 'Refusals: texts → problem details')
    await expect.poll(async () => (await call(`${tenant.production}${reads}`)).headers['content-type'], inForce).toMatch(/^application\/problem\+json/)
  })

  // A query of its own, to be found by.
  const path = `${reads}?by=${tenant.slug}&${search.slice(1)}`
  const problem = await test.step('the sixth of five calls is told which limit, and where to go', async () => {
    for (let n = 0; n < 5; n++) expect((await call(`${tenant.production}${path}`, headers)).status).toBe(200)
    const refused = await call(`${tenant.production}${path}`, headers)
    expect(refused.status).toBe(429)
    const told = JSON.parse(refused.body) as { code: string; detail: string; instance: string; request_id: string; limit: object; links: Record<string, string> }
    expect(told).toMatchObject({ code: 'limits_exceeded', limit: { period: 'month', limit: 5, used: 5, of: 'application' } })
    expect(told.detail).toContain('Your application has used 5 of 5')
    expect(told.links.upgrade).toContain(`${tenant.portal}/admin/applications/`)
    return told
  })

  await test.step('Calls: the row, what happened, the limit that refused', async () => {
    await expect(async () => {
      await page.goto(`${tenant.admin}/products/${tenant.product}/calls?status=4xx&refusal=limits_exceeded`)
      await expect(page.getByRole('row', { name: /settings\.json/ })).toHaveCount(1, { timeout: 1_000 })
    }).toPass(patiently)
    await page.getByRole('row', { name: /settings\.json/ }).getByRole('link').first().click()
    await expect(page.getByRole('heading', { level: 1, name: `GET ${reads}` })).toBeVisible()
    await expect(page.getByText(/The limit of 5 .* a month stood at 5/)).toBeVisible()
    await expect(page.getByText('This limit refused the call.')).toBeVisible()
    await expect(page.getByText(problem.request_id).first()).toBeVisible()
    // What was sent is shown, the key is not.
    expect(await page.content()).not.toContain(new URLSearchParams(search).get('user_key')!)
  })

  const link = await test.step('shared: the link opens without signing in', async () => {
    const address = page.url()
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByRole('button', { name: 'Make a link' }).click()
    const shown = page.getByText(/\/shared-call\?token=/)
    const made = (await shown.textContent())!
    const stranger = await browser.newContext()
    const look = await stranger.newPage()
    await look.goto(made)
    await expect(look.getByRole('heading', { level: 1, name: `GET ${reads}` })).toBeVisible()
    await expect(look.getByText(/The limit of 5 .* a month stood at 5/)).toBeVisible()
    expect(await look.content()).not.toContain(world.upstream.url)
    await page.getByRole('button', { name: 'Revoke' }).click()
    await expect(page.getByText('The link no longer works').first()).toBeVisible()
    await look.reload()
    await expect(look.getByText('This link does not work any more')).toBeVisible()
    await stranger.close()
    return address
  })

  await test.step('simulated: the same decision, and nothing is counted', async () => {
    await page.goto(link)
    await page.getByRole('link', { name: 'Simulate it now' }).click()
    await expect(page.getByText(/The call would be refused: /)).toBeVisible()
    await expect(page.getByText('5 of 5').first()).toBeVisible()
    await expect(page.getByRole('link', { name: "Larkfield's App" })).toBeVisible()
    await expect(page.getByText('Trial').first()).toBeVisible()
  })

  await test.step('the partner finds it in his portal, by the address in the answer and by the list', async () => {
    await partner.goto(problem.instance)
    await expect(partner.getByText(problem.request_id, { exact: true })).toBeVisible()
    await expect(partner.getByText(/5 of 5/)).toBeVisible()
    await partner.getByRole('link', { name: "Calls of Larkfield's App" }).click()
    await expect(partner.getByRole('heading', { level: 1, name: 'Calls' })).toBeVisible()
    await partner.getByLabel('Refused only').check()
    await partner.getByRole('button', { name: 'Show' }).click()
    const row = partner.getByRole('row', { name: /settings\.json/ })
    await expect(row).toHaveCount(1)
    await expect(row).toContainText('429')
    expect(ines.org).toBe('Larkfield')
  })
})

test('policies: staging follows at once, production when promoted, and a version is brought back', async ({ page }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  const { staging, production } = await readAddresses(page, tenant)
  await placePartner(page, tenant, { account: 'Northwind Press', application: 'Bird Watch', plan: 'Public' })
  const key = await readSecret(page, page.locator('main'), 'key', userKey, tenant.password)
  const ask = async (origin: string) => {
    const { status, headers, body } = await call(`${origin}${reads}?user_key=${key}`)
    return { status, servedBy: headers['x-served-by'] ?? null, body: status === 503 ? body : '' }
  }
  const before = { status: 200, servedBy: null, body: '' }
  const withHeader = { status: 200, servedBy: `GET of ${tenant.name}`, body: '' }
  const closed = { status: 503, body: 'Back at noon' }
  await expect.poll(() => ask(production), inForce).toEqual(before)

  await test.step('Headers, by the form, with Liquid in the value', async () => {
    await page.goto(`${tenant.admin}/products/${tenant.product}/policies`)
    await addPolicy(page, 'Headers')
    const form = page.getByRole('dialog', { name: 'Add Headers' })
    await form.getByRole('group', { name: /On the way to the caller/ }).getByRole('button', { name: 'Add a change' }).click()
    await form.getByLabel('What to do').selectOption('set')
    await form.getByLabel('Header').fill('X-Served-By')
    await form.getByLabel('Value', { exact: true }).fill('{{ http_method }} of {{ service.name }}')
    await form.getByRole('button', { name: 'Add policy' }).click()
    await expect(page.getByText('Headers added').first()).toBeVisible()
    await expect.poll(() => ask(staging), inForce).toEqual(withHeader)
    expect(await ask(production)).toEqual(before)
  })

  await test.step('promoted: version 2', async () => {
    await promote(page, tenant, '1 policy added: Headers')
    await expect.poll(() => ask(production), inForce).toEqual(withHeader)
  })

  await test.step('Maintenance mode closes staging, and production goes on', async () => {
    await page.goto(`${tenant.admin}/products/${tenant.product}/policies`)
    await addPolicy(page, 'Maintenance mode')
    const form = page.getByRole('dialog', { name: 'Add Maintenance mode' })
    await form.getByLabel('What callers are told').fill('Back at noon')
    await form.getByRole('button', { name: 'Add policy' }).click()
    await expect(page.getByText('Maintenance mode added').first()).toBeVisible()
    await expect.poll(() => ask(staging), inForce).toMatchObject(closed)
    expect(await ask(production)).toEqual(withHeader)
    await promote(page, tenant, '1 policy added: Maintenance mode')
    await expect.poll(() => ask(production), inForce).toMatchObject(closed)
  })

  await test.step('each version says what it changed; the second is brought back', async () => {
    const versions = page.getByRole('listitem').filter({ hasText: /^Version \d/ })
    await expect(versions).toHaveCount(3)
    await expect(versions.filter({ hasText: 'Version 3' })).toContainText('1 policy added: Maintenance mode')
    await expect(versions.filter({ hasText: 'Version 3' })).toContainText('Live')
    await versions.filter({ hasText: 'Version 2' }).getByRole('button', { name: 'Roll back to this' }).click()
    await page.getByRole('button', { name: 'Roll back to version 2' }).click()
    await expect(page.getByText('Production was rolled back').first()).toBeVisible()
    await expect.poll(() => ask(production), inForce).toEqual(withHeader)
    expect(await ask(staging)).toMatchObject(closed)
    await expect(versions.filter({ hasText: 'Version 2' })).toContainText('Live')
  })
})

test('a backend under a path: made, mounted, called, counted by its own rule', async ({ page }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  const { staging, production } = await readAddresses(page, tenant)
  await placePartner(page, tenant, { account: 'Northwind Press', application: 'Bird Watch', plan: 'Public' })
  const key = await readSecret(page, page.locator('main'), 'key', userKey, tenant.password)
  // A tweet nobody else asks for: what the upstream saw of it are these calls alone.
  const tweet = `/1.1/statuses/show/${tenant.slug}.json`
  const ask = async (origin: string) => (await call(`${origin}/archive${tweet}?user_key=${key}`)).status

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Backends' }).click()
  await page.getByRole('button', { name: 'New backend' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('Archive')
  await page.getByLabel('Private base URL').fill(world.upstream.url)
  await page.getByRole('button', { name: 'Create backend' }).click()
  await expect(page.getByText('Backend created').first()).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Archive' })).toBeVisible()
  await page.getByRole('button', { name: 'New mapping rule' }).click()
  await page.getByLabel('Pattern').fill('/1.1/statuses/show/{id}.json')
  await page.getByRole('button', { name: 'Create mapping rule' }).click()
  await expect(page.getByText('Mapping rule created').first()).toBeVisible()

  await page.goto(`${tenant.admin}/products/${tenant.product}/gateway`)
  await page.getByRole('button', { name: 'Mount a backend' }).click()
  await page.getByLabel('Backend', { exact: true }).selectOption({ label: 'Archive' })
  await page.getByLabel('Path', { exact: true }).fill('/archive')
  await page.getByRole('button', { name: 'Mount backend' }).click()
  await expect(page.getByText('Backend mounted').first()).toBeVisible()
  await expect.poll(() => ask(staging), inForce).toBe(200)
  expect(await ask(production)).toBe(404)
  await promote(page, tenant, /Archive|\/archive/)
  await expect.poll(() => ask(production), inForce).toBe(200)
  // The path was taken off on the way.
  expect(await upstreamHits(`GET ${tweet}`)).toBe(2)
})

test('OAuth: a person allows an application less than it asked for, and the tenant takes it back', async ({ page, partner }) => {
  const tenant = await openTenant()
  const site = await startLoginSite()
  try {
    await signIn(page, tenant)
    const oauth = `${tenant.admin}/products/${tenant.product}/oauth`
    await setAuthenticationMode(page, tenant, 'OAuth 2.0')

    await test.step('login page, its secret, scopes; promoted', async () => {
      await page.goto(oauth)
      await page.getByLabel('OAuth login URL').fill(site.loginUrl)
      await page.getByRole('button', { name: 'Save login page' }).click()
      await expect(page.getByText('Login page saved').first()).toBeVisible()
      const secret = await readSecret(page, page.locator('#login-site'), 'login-site secret', /^ls_/, tenant.password)
      site.use({ url: tenant.production, secret })
      await page.getByRole('button', { name: 'Begin with read and write' }).click()
      await page.getByRole('button', { name: 'Save scopes' }).click()
      await expect(page.getByText('Scopes saved').first()).toBeVisible()
      await promote(page, tenant, 'Authentication: user key → OAuth 2.0')
    })

    await placePartner(page, tenant, { account: 'Northwind Press', application: 'Bird Watch', plan: 'Public' })
    const redirectUri = `${new URL(site.loginUrl).origin}/client/callback`
    await page.getByLabel('Redirect URIs').fill(redirectUri)
    await page.getByRole('button', { name: 'Save OAuth client' }).click()
    await expect(page.getByText('OAuth client saved').first()).toBeVisible()
    const clientId = (await page.getByRole('button', { name: 'Copy client id' }).locator('xpath=../code').textContent())!
    const secret = await readSecret(page, page.getByRole('list', { name: 'Client secrets' }), 'key', appKey, tenant.password)

    const token = await test.step('the client library’s part: authorization with PKCE, a person at the login site, the code for a token', async () => {
      const { authorization_endpoint, token_endpoint, issuer } = JSON.parse((await call(`${tenant.production}/.well-known/oauth-authorization-server`)).body) as Record<string, string>
      const verifier = randomBytes(32).toString('base64url')
      const asked = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: 'read write', state: 'a-state', code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' }
      await partner.goto(`${authorization_endpoint}?${new URLSearchParams(asked)}`)
      await partner.getByLabel('Name').fill('ann')
      await partner.getByLabel('Password').fill('ann-likes-apis')
      await partner.getByRole('button', { name: 'Sign in' }).click()
      await expect(partner.getByRole('heading', { name: 'Bird Watch asks for access' })).toBeVisible()
      await partner.getByLabel('Change your data').uncheck()
      await partner.getByRole('button', { name: 'Allow' }).click()
      await partner.waitForURL((url) => url.searchParams.has('code'))
      const back = new URL(partner.url())
      expect(back.origin + back.pathname).toBe(redirectUri)
      expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: 'a-state', iss: issuer })
      const form = new URLSearchParams({ grant_type: 'authorization_code', code: back.searchParams.get('code')!, redirect_uri: redirectUri, code_verifier: verifier })
      const answer = await call(token_endpoint!, { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` }, 'POST', form.toString())
      expect(answer.status, answer.body).toBe(200)
      const tokens = JSON.parse(answer.body) as { access_token: string; scope: string }
      expect(tokens.scope).toBe('read')
      return tokens.access_token
    })

    const ask = (path: string, method = 'GET') => call(`${tenant.production}${path}`, { authorization: `Bearer ${token}` }, method)
    await test.step('what was allowed is open, what was not is 403 insufficient_scope', async () => {
      expect((await ask(reads)).status).toBe(200)
      const refused = await ask('/1.1/statuses/update.json', 'POST')
      expect(refused.status).toBe(403)
      expect(refused.headers['www-authenticate']).toContain('insufficient_scope')
    })

    await test.step('the tenant revokes the grant: 401 within a second', async () => {
      await page.goto(`${oauth}?user=user-ann`)
      const grant = page.locator('#grants').getByRole('listitem').filter({ hasText: 'user-ann' })
      await expect(grant).toContainText('Bird Watch')
      await expect(grant).toContainText('read')
      await grant.getByRole('button', { name: 'Revoke the grant of user-ann to Bird Watch' }).click()
      await page.getByRole('button', { name: 'Revoke grant' }).click()
      await expect(page.getByText('Grant revoked').first()).toBeVisible()
      await expect.poll(async () => (await ask(reads)).status, inForce).toBe(401)
      expect((await ask(reads)).headers['www-authenticate']).toContain('invalid_token')
    })
  } finally {
    await site.close()
  }
})

test('an access token opens the Management API as far as it says, and the document stands beside it', async ({ page }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access tokens' }).click()
  await page.getByRole('button', { name: 'New access token' }).first().click()
  await page.getByLabel('Name').fill('CI pipeline')
  await page.getByRole('button', { name: 'Create token' }).click()
  const shown = page.getByTestId('access-token')
  await sayPassword(page, tenant.password, shown)
  const token = (await shown.textContent())!.trim()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('row', { name: /CI pipeline/ })).toContainText('Read only')

  const ask = (headers: Record<string, string>, query = '', method = 'GET') => call(`${tenant.admin}/admin/api/services.json${query}`, headers, method)
  const answered = await ask({ authorization: `Bearer ${token}` })
  expect(answered.status).toBe(200)
  expect(JSON.parse(answered.body)).toMatchObject({ services: [{ service: { id: tenant.product, name: tenant.name } }] })
  expect((await ask({}, `?access_token=${token}`)).status).toBe(200)
  expect((await ask({ authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` })).status).toBe(200)
  expect((await ask({})).status).toBe(401)
  // It may read, no more.
  expect((await ask({ authorization: `Bearer ${token}` }, '?name=One+more', 'POST')).status).toBe(403)

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Management API' }).click()
  await expect(page.getByText(`${tenant.admin}/admin/api`, { exact: true })).toBeVisible()
  await expect(page.locator('.opblock-tag').first()).toBeVisible(patiently)

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access tokens' }).click()
  await page.getByRole('row', { name: /CI pipeline/ }).getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('button', { name: 'Revoke token' }).click()
  await expect(page.getByText('Access token revoked').first()).toBeVisible()
  await expect.poll(async () => (await ask({ authorization: `Bearer ${token}` })).status, inForce).toBe(401)
})

test('a gateway of one’s own: the setting, the addresses, and a zip for nginx behind the password', async ({ page }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  await page.goto(`${tenant.admin}/products/${tenant.product}/settings`)
  await page.getByRole('radio', { name: 'Self-managed' }).check()
  await page.getByLabel('Production base URL').fill('http://api.birdsong.example:8080')
  await page.getByRole('button', { name: 'Save deployment' }).click()
  await expect(page.getByText('Deployment saved').first()).toBeVisible()
  await page.getByRole('link', { name: 'Download the configuration' }).click()
  await expect(page.getByText('http://api.birdsong.example:8080').first()).toBeVisible()

  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download NGINX configuration' }).click()
  await sayPassword(page, tenant.password, page.getByText(/-nginx\.zip downloaded/))
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^gatehouse-.*-nginx\.zip$/)
  const files = Object.entries(unzipSync(readFileSync(await download.path()))).map(([name, bytes]) => [name, strFromU8(bytes)] as const)
  expect(files.map(([name]) => name).sort()).toEqual(['README.txt', expect.stringMatching(/^gatehouse-.*\.conf$/)])
  const conf = files.find(([name]) => name.endsWith('.conf'))![1]
  expect(conf).toMatch(/^\s*server \{/m)
  expect(conf).toMatch(/listen +(\S+:)?8080/)
  expect(conf).toContain('server_name api.birdsong.example')
  expect(conf).toContain(world.upstream.secret)
})

async function addPolicy(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a policy' }).click()
  await page.getByRole('dialog', { name: 'Add a policy' }).getByRole('button', { name: new RegExp(`^${title}`) }).click()
}
