import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { readSecret } from '@/e2e/harness/dashboard'
import { openMail, subjectsTo } from '@/e2e/harness/mailbox'
import { openTenant } from '@/e2e/harness/open-tenant'
import { becomePartner, confirmAddress, fillPassword, newPartner, shownCurl, signInPartner } from '@/e2e/harness/partner'
import { call, expect, inForce, patiently, signIn, test, upstreamHits, world } from '@/e2e/harness/world'

// The second half of docs/walkthrough.md in two browsers: `page` is the tenant's, `partner` that of who comes to its portal.
const document = readFileSync(new URL('../data/twitter-rest-1.1.openapi.json', import.meta.url), 'utf8')

/** An icon of one pixel. */
const icon = Buffer.from('000001000100010100000100200030000000160000002800000001000000020000000100200000000000040000000000000000000000000000000000000000d47700ff00000000', 'hex')

test('a tenant makes the portal its own: look, address, an icon that browsers ask for, and a page that knows who reads it', async ({ page, partner }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)

  await test.step('Theme: preset, accent, tagline', async () => {
    await place(page, 'Theme')
    await page.getByText('Ember', { exact: true }).first().click()
    await page.getByRole('textbox', { name: 'Accent colour' }).fill('#0a6b4f')
    await page.getByLabel('Tagline').fill('Put birds on everything')
    await page.getByRole('button', { name: 'Save theme' }).click()
    await expect(page.getByText('Theme saved').first()).toBeVisible()
    await partner.goto(tenant.portal)
    await expect(partner.getByRole('heading', { level: 1, name: 'Put birds on everything' })).toBeVisible()
    expect(await partner.evaluate(() => getComputedStyle(window.document.documentElement).getPropertyValue('--accent').trim())).toContain('#0a6b4f')
  })

  await test.step('E-mail: the contact address stands on the portal', async () => {
    await place(page, 'E-mail')
    await page.getByLabel('Contact address').fill('no address')
    await page.getByRole('button', { name: 'Save address' }).click()
    await expect(page.getByText('Contact address saved')).toHaveCount(0)
    await page.getByLabel('Contact address').fill(`api@${tenant.slug}.example`)
    await page.getByRole('button', { name: 'Save address' }).click()
    await expect(page.getByText('Contact address saved').first()).toBeVisible()
    await partner.goto(`${tenant.portal}/plans`)
    await expect(partner.getByRole('link', { name: `api@${tenant.slug}.example` }).first()).toBeVisible()
  })

  await test.step('Content: New file /images/icon.ico', async () => {
    await place(page, 'Content')
    await newContent(page, 'New file')
    const dialog = page.getByRole('dialog', { name: 'New file' })
    await dialog.getByLabel('Path').fill('/images/icon.ico')
    await dialog.getByLabel('File', { exact: true }).setInputFiles({ name: 'icon.ico', mimeType: 'image/x-icon', buffer: icon })
    await dialog.getByRole('button', { name: 'Upload file' }).click()
    await expect(page.getByText('/images/icon.ico is served on your portal').first()).toBeVisible()
  })

  await test.step('Layouts: a slip names its line and is not published; the link in the head is', async () => {
    await place(page, 'Content')
    await page.getByRole('link', { name: /^Layouts/ }).click()
    await page.getByRole('link', { name: 'Main layout', exact: true }).click()
    await writeBelow(page, '<meta charset="utf-8">', '{% if current_user %}')
    await page.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('Not published')).toBeVisible()
    await expect(page.getByText(/Line \d+/).first()).toBeVisible()
    expect((await call(`${tenant.portal}/`)).body).not.toContain('icon.ico')

    await writeBelow(page, '<meta charset="utf-8">', '<link rel="shortcut icon" href="/images/icon.ico">', { instead: true })
    await publish(page)
    const asked = partner.waitForRequest((request) => new URL(request.url()).pathname === '/images/icon.ico')
    await partner.goto(tenant.portal)
    expect((await (await asked).response())?.status()).toBe(200)
  })

  await test.step('a page with {% if current_user %} reads differently to visitor and partner', async () => {
    await place(page, 'Content')
    await newContent(page, 'New page')
    await page.getByLabel('Title').fill('Hello')
    await page.getByLabel('Path').fill('/hello')
    await page.getByRole('button', { name: 'Create page' }).click()
    await expect(page.getByRole('textbox', { name: 'Template text' })).toBeVisible()
    await writeAll(page, '<h1>{% if current_user %}Good to see you, {{ current_account.name }}{% else %}Hello, stranger{% endif %}</h1>')
    expect((await partner.goto(`${tenant.portal}/hello`))?.status()).toBe(404)
    await publish(page)
    await partner.goto(`${tenant.portal}/hello`)
    await expect(partner.getByRole('heading', { name: 'Hello, stranger' })).toBeVisible()
    await becomePartner(partner, tenant)
    await partner.goto(`${tenant.portal}/hello`)
    await expect(partner.getByRole('heading', { name: 'Good to see you, Larkfield' })).toBeVisible()
  })

  await test.step('the step of the checklist has ticked itself off', async () => {
    await page.goto(tenant.admin)
    await expect(page.getByText('Make the portal yours (done)')).toBeVisible()
  })
})

test('sign-up asks in the order the tenant gave, opens and closes at a switch, and waits for approval where it has to', async ({ page, partner }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)

  await test.step('Sign-up & fields: First Name and Last Name, required, first and second by keyboard', async () => {
    await place(page, 'Sign-up & fields')
    for (const label of ['First Name', 'Last Name']) {
      await page.getByRole('button', { name: 'New field' }).click()
      const dialog = page.getByRole('dialog', { name: 'New field' })
      await dialog.getByRole('radio', { name: 'Users' }).check()
      await dialog.getByLabel('Field', { exact: true }).selectOption({ label: `${label} (built-in)` })
      await dialog.getByRole('checkbox', { name: /Required/ }).check()
      await dialog.getByRole('button', { name: 'Add field' }).click()
      await expect(dialog).toBeHidden()
    }
    const users = page.getByRole('list', { name: 'Users' })
    await expect(users.getByRole('listitem')).toHaveCount(3)
    await moveUp(page, users, 'First Name')
    await moveUp(page, users, 'Last Name')
    await expect.poll(() => users.getByRole('listitem').locator('p .font-semibold').allTextContents()).toEqual(['First Name', 'Last Name', 'Email'])
  })

  await test.step('an application field Type with choices', async () => {
    await page.getByRole('button', { name: 'New field' }).click()
    const dialog = page.getByRole('dialog', { name: 'New field' })
    await dialog.getByRole('radio', { name: 'Applications' }).check()
    await dialog.getByLabel('Label').fill('Type')
    await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue('type')
    await dialog.getByLabel('Choices').fill('mobile\nweb\ndesktop')
    await dialog.getByRole('checkbox', { name: /Required/ }).check()
    await dialog.getByRole('button', { name: 'Add field' }).click()
    await expect(dialog).toBeHidden()
  })

  await test.step('the partner reads the labels in that order', async () => {
    await partner.goto(`${tenant.portal}/signup`)
    await expect.poll(() => labelsOf(partner)).toEqual(['First Name', 'Last Name', 'Email', 'Organization/Group Name', 'Type', 'Password', 'Password again'])
    expect(await partner.getByLabel('Type').locator('option').allTextContents()).toEqual(['Choose one', 'mobile', 'web', 'desktop'])
  })

  const ines = newPartner(tenant)
  await test.step('what is missing is said at its field, and what was typed stays', async () => {
    // The server's word, not the browser's.
    await partner.locator('main form').evaluate((form) => ((form as HTMLFormElement).noValidate = true))
    await partner.getByLabel('First Name').fill('Ines')
    await partner.getByLabel('Email').fill(ines.email)
    await partner.getByLabel('Organization/Group Name').fill(ines.org)
    await partner.getByLabel('Type').selectOption('web')
    await fillPassword(partner, ines)
    await partner.getByRole('button', { name: 'Create account' }).click()
    await expect(partner.getByLabel('Last Name')).toHaveAttribute('aria-invalid', 'true')
    await expect(partner.getByLabel('Last Name')).toBeFocused()
    await expect(partner.getByLabel('First Name')).toHaveValue('Ines')
    await expect(partner.getByLabel('Email')).toHaveValue(ines.email)
    await expect(partner.getByLabel('Type')).toHaveValue('web')
    await expect(partner.getByLabel('Password', { exact: true })).toHaveValue('')
    await partner.getByLabel('Last Name').fill('Okoye')
    await fillPassword(partner, ines)
    await partner.getByRole('button', { name: 'Create account' }).click()
    await expect(partner.getByRole('heading', { name: 'Check your inbox' })).toBeVisible()
  })

  await test.step('the dashboard shows what was asked', async () => {
    await place(page, 'Accounts')
    await page.getByRole('link', { name: 'Larkfield', exact: true }).click()
    await expect(page.getByText('Ines Okoye').first()).toBeVisible()
    await place(page, 'Applications')
    await page.getByRole('link', { name: "Larkfield's App" }).click()
    await expect(page.getByText('web', { exact: true }).or(page.locator('select', { has: page.locator('option:checked', { hasText: 'web' }) })).first()).toBeVisible()
  })

  await test.step('closed: the notice, no form, no link', async () => {
    await place(page, 'Sign-up & fields')
    await page.getByRole('switch', { name: /Sign-up open/ }).uncheck()
    await expect(page.getByText('Sign-up open: off').first()).toBeVisible()
    await partner.goto(`${tenant.portal}/signup`)
    await expect(partner.getByRole('heading', { name: 'Sign-up is closed for now' })).toBeVisible()
    await expect(partner.getByLabel('Email')).toHaveCount(0)
    await partner.goto(tenant.portal)
    await expect(partner.locator('a[href^="/signup"]')).toHaveCount(0)
    await page.getByRole('switch', { name: /Sign-up open/ }).check()
    await expect(page.getByText('Sign-up open: on').first()).toBeVisible()
  })

  await test.step('with approval: the second partner waits, is approved, and comes in', async () => {
    await page.getByRole('switch', { name: /New accounts need approval/ }).check()
    await expect(page.getByText('New accounts need approval: on').first()).toBeVisible()
    const teo = newPartner(tenant, 'teo', 'Harbour Labs')
    await partner.goto(`${tenant.portal}/signup`)
    await partner.getByLabel('First Name').fill('Teo')
    await partner.getByLabel('Last Name').fill('Brandt')
    await partner.getByLabel('Email').fill(teo.email)
    await partner.getByLabel('Organization/Group Name').fill(teo.org)
    await partner.getByLabel('Type').selectOption('mobile')
    await fillPassword(partner, teo)
    await partner.getByRole('button', { name: 'Create account' }).click()
    await expect(partner.getByRole('heading', { name: 'Check your inbox' })).toBeVisible()
    await confirmAddress(partner, tenant, teo)
    await expect(partner.getByText(/still looks at your account/)).toBeVisible()
    await partner.goto(`${tenant.portal}/login`)
    await partner.getByLabel('Username or e-mail').fill(teo.email)
    await partner.getByLabel('Password', { exact: true }).fill(teo.password)
    await partner.getByRole('button', { name: 'Sign in' }).click()
    // PW-3: as for everybody who cannot come in; the mail says what is missing.
    await expect(partner.getByText('Wrong e-mail or password.')).toBeVisible()
    await openMail(partner, teo.email, 'your account waits for approval')

    await place(page, 'Requests')
    await page.getByRole('button', { name: 'Approve the account Harbour Labs' }).click()
    await expect(page.getByText('Approved').first()).toBeVisible()
    await openMail(partner, teo.email, 'your account is approved')
    await signInPartner(partner, tenant, teo)
    await expect(partner.getByRole('heading', { name: "Harbour Labs's App" })).toBeVisible()
  })
})

test('from the front page to the first call: documents published, a webhook told, a partner who signs up, tries and invites', async ({ page, partner }) => {
  const tenant = await openTenant()
  const hook = `/hooks/${tenant.slug}`
  const ines = newPartner(tenant)
  await signIn(page, tenant)

  await test.step('Portal, Settings: several users, several applications', async () => {
    await page.goto(`${tenant.admin}/portal/settings`)
    for (const name of ['Several users', 'Several applications', 'Several products']) {
      const box = page.getByRole('switch', { name: new RegExp(name) })
      if (await box.isChecked()) continue
      await box.check()
      await expect(page.getByText(`${name}: on`).first()).toBeVisible()
    }
  })

  await test.step('fields of its own: of the account and of the person', async () => {
    await place(page, 'Sign-up & fields')
    for (const [target, label] of [['Accounts', 'Industry'], ['Users', 'Team']] as const) {
      await page.getByRole('button', { name: 'New field' }).click()
      const dialog = page.getByRole('dialog', { name: 'New field' })
      await dialog.getByRole('radio', { name: target }).check()
      await dialog.getByLabel('Label').fill(label)
      await dialog.getByRole('button', { name: 'Add field' }).click()
      await expect(dialog).toBeHidden()
    }
  })

  await test.step('ActiveDocs: New spec, a slip is named, then published', async () => {
    await page.goto(`${tenant.admin}/products/${tenant.product}/activedocs`)
    await page.getByRole('link', { name: 'New spec' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('Twitter REST API')
    await page.getByLabel('Document', { exact: true }).fill('openapi: 3.0.0\ninfo: [broken')
    await page.getByRole('button', { name: 'Create spec' }).click()
    await expect(page.getByText(/Line \d+/).first()).toBeVisible()
    await page.getByLabel('API document file').setInputFiles({ name: 'twitter.json', mimeType: 'application/json', buffer: Buffer.from(document) })
    await page.getByRole('switch', { name: /Publish/ }).check()
    await page.getByRole('button', { name: 'Create spec' }).click()
    await expect(page.getByText('Document added').first()).toBeVisible(patiently)
  })

  await test.step('Settings, Webhooks: URL, On, account created, Save', async () => {
    await place(page, 'Webhooks')
    await page.getByLabel('URL').fill(`${world.receiver}${hook}`)
    await expect(page.getByRole('switch', { name: /On/ })).toBeChecked()
    await page.getByRole('checkbox', { name: 'Account created' }).check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('Webhook saved').first()).toBeVisible()
    await page.waitForURL(/\/webhooks\/\d+$/)
    const secret = await readSecret(page, page.locator('main'), 'signing secret', /^whsec_/, tenant.password)
    await fetch(`${world.receiver}/__secret?path=${hook}`, { method: 'PUT', body: secret })
  })

  await test.step('the visitor sees what there is, and nothing of what is hidden', async () => {
    for (const path of ['/', '/plans', '/signup', '/docs', '/docs/twitter_rest_api']) {
      const { status, body } = await call(`${tenant.portal}${path}`)
      expect(status, path).toBe(200)
      expect(body, path).not.toMatch(/\bPartner\b|For those we know/)
    }
    await partner.goto(tenant.portal)
    await partner.getByRole('link', { name: 'Compare plans' }).click()
    await expect(partner.getByRole('heading', { name: /^Trial/ })).toBeVisible()
    await expect(partner.getByRole('heading', { name: /^Public/ })).toContainText('On request')
    await partner.getByRole('link', { name: 'Start with Trial' }).click()
    await expect(partner.getByText('Trial is your plan')).toBeVisible()
  })

  await test.step('sign up, confirm from the mailbox, sign in', async () => {
    await partner.getByLabel('Email').fill(ines.email)
    await partner.getByLabel('Team').fill('Newsroom')
    await partner.getByLabel('Organization/Group Name').fill(ines.org)
    await partner.getByLabel('Industry').fill('Press')
    await fillPassword(partner, ines)
    await partner.getByRole('button', { name: 'Create account' }).click()
    await expect(partner.getByRole('heading', { name: 'Check your inbox' })).toBeVisible()
    await confirmAddress(partner, tenant, ines)
    await signInPartner(partner, tenant, ines)
    await expect(partner.getByRole('heading', { name: "Larkfield's App" })).toBeVisible()
  })

  await test.step('the webhook came, its signature holds, account and first user are in it with their own fields', async () => {
    await expect.poll(async () => (await receivedAt(hook)).length, patiently).toBe(1)
    const [got] = await receivedAt(hook)
    expect(got).toMatchObject({ type: 'account.created', verified: true, problem: null })
    expect(got!.body).toMatchObject({ type: 'account.created', data: { account: { org_name: 'Larkfield', industry: 'Press' }, user: { email: ines.email, team: 'Newsroom' } } })
    const delivery = page.getByRole('row', { name: /account\.created/ })
    // The receiver has it before we have noted its answer.
    await expect(async () => {
      await page.reload()
      await expect(delivery.getByText('Delivered')).toBeVisible({ timeout: 1_000 })
    }).toPass(patiently)
    await delivery.getByRole('button', { name: 'account.created' }).click()
    await expect(page.getByText('Try 1')).toBeVisible()
    await page.getByRole('button', { name: 'Send again' }).click()
    await expect(page.getByText('On its way again').first()).toBeVisible()
    // The same message: a receiver can drop it.
    await expect.poll(async () => (await receivedAt(hook)).map(({ copies }) => copies), patiently).toEqual([1])
  })

  await test.step('the curl on the dashboard works as it stands', async () => {
    const { url, headers, method } = await shownCurl(partner)
    expect(url).toContain(`${tenant.production}/`)
    await expect.poll(async () => (await call(url, headers, method)).status).toBe(200)
  })

  await test.step('Try it out in the documentation: 200, and it counts', async () => {
    await partner.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Documentation' }).click()
    await partner.getByRole('link', { name: /Twitter REST API/ }).first().click()
    await expect(partner.getByText(/Calls carry the key of/)).toBeVisible(patiently)
    await partner.getByRole('searchbox', { name: 'Find an operation' }).fill('account/settings')
    const operation = partner.locator('.opblock-get', { hasText: '/account/settings.json' })
    await operation.locator('.opblock-summary-control').click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await expect(operation.locator('.live-responses-table tbody .response-col_status').first()).toContainText('200', patiently)
    await expect(async () => {
      await partner.goto(`${tenant.portal}/admin`)
      await expect(usageOf(partner)).toContainText('2 of 5', { timeout: 1_000 })
    }).toPass(patiently)
  })

  await test.step('a colleague is invited and joins', async () => {
    const mara = newPartner(tenant, 'mara')
    await partner.getByRole('link', { name: 'Invite a colleague' }).click()
    await partner.getByLabel('E-mail').fill(mara.email)
    await partner.getByRole('button', { name: 'Send invitation' }).click()
    await expect(partner.getByText(mara.email).first()).toBeVisible()
    const second = await partner.context().browser()!.newContext()
    const colleague = await second.newPage()
    const [link] = await openMail(colleague, mara.email, 'join Larkfield')
    await colleague.goto(link!)
    await expect(colleague.getByRole('heading', { name: 'Join Larkfield' })).toBeVisible()
    await fillPassword(colleague, mara)
    await colleague.getByRole('button', { name: 'Join' }).click()
    await colleague.waitForURL(`${tenant.portal}/admin`)
    await expect(colleague.getByRole('heading', { name: "Larkfield's App" })).toBeVisible()
    await second.close()
    await partner.goto(`${tenant.portal}/admin/account/invitations`)
    await expect(partner.getByRole('row', { name: new RegExp(mara.email) }).getByText('Accepted').or(partner.getByText('Nobody is invited'))).toBeVisible()
  })
})

test('at the limit: both sides are told, Public is asked for and approved, the same key goes on, and the numbers are those of the upstream', async ({ page, partner }) => {
  const tenant = await openTenant()
  await signIn(page, tenant)
  const ines = await becomePartner(partner, tenant)
  await partner.goto(`${tenant.portal}/admin`)
  const shown = await shownCurl(partner)
  // A tweet nobody else asks for: what the upstream saw of it are these calls alone.
  const path = `/1.1/statuses/show/${tenant.slug}.json`
  const url = `${tenant.production}${path}${new URL(shown.url).search}`
  const { headers } = shown
  let refusals = 0
  const ask = async () => {
    const { status } = await call(url, headers)
    if (status === 429) refusals++
    return status
  }

  await test.step('four of five calls: 80 % is told', async () => {
    for (let n = 0; n < 4; n++) expect(await ask()).toBe(200)
    await expect.poll(() => subjectsTo(partner, ines.email), patiently).toContainEqual(expect.stringContaining('80 % of a limit'))
  })

  await test.step('the fifth passes, the sixth is refused, on screen and by curl', async () => {
    expect(await ask()).toBe(200)
    expect(await call(url, headers)).toMatchObject({ status: 429, body: 'Usage limit exceeded' })
    refusals++
    await expect(async () => {
      await partner.goto(`${tenant.portal}/admin`)
      await expect(usageOf(partner)).toContainText('5 of 5', { timeout: 1_000 })
    }).toPass(patiently)
    await expect(usageOf(partner)).toContainText('Used up')
    await expect.poll(() => subjectsTo(partner, ines.email), patiently).toContainEqual(expect.stringContaining('a limit is reached'))
  })

  await test.step('Alerts and Home of the tenant', async () => {
    await place(page, 'Alerts')
    const rows = page.getByRole('row', { name: /Larkfield's App/ })
    await expect(rows).toHaveCount(2)
    await expect(rows.filter({ hasText: '100 %' })).toHaveCount(1)
    await expect(rows.filter({ hasText: '80 %' })).toHaveCount(1)
    await expect(async () => {
      await page.goto(tenant.admin)
      await expect(page.getByText("Larkfield's App of Larkfield ran into a limit")).toBeVisible({ timeout: 1_000 })
    }).toPass(patiently)
  })

  await test.step('asked for with a reason', async () => {
    await partner.goto(`${tenant.portal}/admin`)
    await partner.getByText('Ask for a bigger plan').click()
    expect(await partner.content()).not.toMatch(/\bPartner\b|For those we know/)
    const form = partner.locator('#plan form').filter({ has: partner.getByRole('radio') })
    await expect(form.getByRole('radio')).toHaveCount(1)
    await form.getByRole('radio', { name: /Public/ }).check()
    await form.getByLabel(/What do you need it for/).fill('Our newsroom opens on Monday.')
    await form.getByRole('button', { name: 'Send the request' }).click()
    await expect(partner.getByText(/You asked for Public/)).toBeVisible()
  })

  await test.step('seen in Requests, approved; mail, and the same key goes on', async () => {
    await page.goto(tenant.admin)
    await expect(page.getByText('Larkfield asks for Public')).toBeVisible()
    await place(page, 'Requests')
    await expect(page.getByText('“Our newsroom opens on Monday.”')).toBeVisible()
    await page.getByRole('button', { name: /Approve Public for Larkfield's App/ }).click()
    await expect(page.getByText('Approved').first()).toBeVisible()
    await openMail(partner, ines.email, 'your request for Public is approved')
    await expect.poll(ask, inForce).toBe(200)
    await partner.goto(`${tenant.portal}/admin`)
    expect((await shownCurl(partner)).url).toBe(shown.url)
    await expect(partner.locator('#plan')).toContainText('Public')
  })

  await test.step('Analytics: totals and heat map are what the upstream saw', async () => {
    await expect(async () => {
      await page.goto(`${tenant.admin}/products/${tenant.product}/analytics`)
      await expect(figure(page, 'Calls let through')).toHaveText('6', { timeout: 1_000 })
      // Asked for again until the bigger plan was in force.
      await expect(figure(page, 'Refused')).toHaveText(String(refusals), { timeout: 1_000 })
    }).toPass(patiently)
    expect(await upstreamHits(`GET ${path}`)).toBe(6)
    await expect(page.getByRole('table', { name: 'partners' }).getByRole('row', { name: /Larkfield/ })).toContainText('6')
    const cells = page.getByRole('grid', { name: /Busiest hours/ }).getByRole('gridcell')
    await expect(cells).toHaveCount(7 * 24)
    const values = await cells.evaluateAll((found) => found.map((cell) => Number(cell.getAttribute('data-value'))))
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(6)
  })

  await test.step('the partner reads the same number', async () => {
    await partner.locator('details.account-menu summary').click()
    await partner.getByRole('link', { name: 'Statistics' }).first().click()
    await expect(partner.locator('.figure', { hasText: 'Calls let through' }).locator('b')).toHaveText('6')
  })

  await test.step('one mail for each level and window, however many calls were refused', async () => {
    const subjects = await subjectsTo(partner, ines.email)
    expect(subjects.filter((subject) => subject.includes('80 % of a limit'))).toHaveLength(1)
    expect(subjects.filter((subject) => subject.includes('a limit is reached'))).toHaveLength(1)
  })
})

/** A place of the rail. */
async function place(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: new RegExp(`^${name}`) }).first().click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

async function newContent(page: Page, what: string): Promise<void> {
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: what }).click()
}

async function publish(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Publish' }).click()
  await expect(page.getByText('this is what visitors see')).toBeVisible()
}

/** Types a line into the editor, below the line with these words; `instead` writes over what stands there. */
async function writeBelow(page: Page, line: string, text: string, { instead = false } = {}): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'Template text' })
  await editor.locator('.cm-line', { hasText: line }).first().click()
  await page.keyboard.press('End')
  if (instead) {
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+End')
  } else await page.keyboard.press('Enter')
  await page.keyboard.insertText(text)
  await expect(editor).toContainText(text)
}

async function writeAll(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Template text' }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

/** One place up, without a mouse. */
async function moveUp(page: Page, list: Locator, name: string): Promise<void> {
  const names = () => list.getByRole('listitem').locator('p .font-semibold').allTextContents()
  const from = (await names()).indexOf(name)
  await list.getByRole('button', { name: `Move ${name} up` }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await names()).indexOf(name)).toBe(from - 1)
}

/** What a reader sees above the fields of the form, from top to bottom. */
async function labelsOf(page: Page): Promise<string[]> {
  const labels = await page.locator('main form label').allTextContents()
  return labels.map((label) => label.replace('(optional)', '').trim())
}

const usageOf = (page: Page) => page.getByRole('region', { name: 'Usage' })

const figure = (page: Page, label: string) => page.locator('div.rounded-lg', { has: page.getByText(label, { exact: true }) }).last().locator('p.num')

type Received = { path: string; type: string; verified: boolean; problem: string | null; copies: number; body: unknown }

async function receivedAt(path: string): Promise<Received[]> {
  const all = (await (await fetch(`${world.receiver}/received`)).json()) as Received[]
  return all.filter((each) => each.path === path)
}
