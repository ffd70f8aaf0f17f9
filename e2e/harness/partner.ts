import type { Page } from '@playwright/test'
import { openMail } from '@/e2e/harness/mailbox'
import type { OpenTenant } from '@/e2e/harness/open-tenant'
import { partnerPassword } from '@/e2e/harness/partner-password'
import { expect } from '@/e2e/harness/world'

export type Partner = { email: string; password: string; org: string }

/** Somebody who may sign up at a tenant's portal; `name` tells several of one tenant apart. */
export function newPartner({ slug }: OpenTenant, name = 'ines', org = 'Larkfield'): Partner {
  return { email: `${name}@${slug}.example`, password: partnerPassword, org }
}

/** The sign-up form of a portal that has no fields of its own, sent. */
export async function askToJoin(page: Page, tenant: OpenTenant, partner: Partner): Promise<void> {
  await page.goto(`${tenant.portal}/signup`)
  await page.getByLabel('Email').fill(partner.email)
  await page.getByLabel('Organization/Group Name').fill(partner.org)
  await fillPassword(page, partner)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible()
}

export async function fillPassword(page: Page, { password }: Partner): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Password again').fill(password)
}

/** From the mail to the confirmed address. */
export async function confirmAddress(page: Page, tenant: OpenTenant, partner: Partner): Promise<void> {
  const links = await openMail(page, partner.email, 'confirm your e-mail address')
  await page.goto(links.find((link) => link.startsWith(`${tenant.portal}/activate/`))!)
  await page.getByRole('button', { name: 'Confirm my address' }).click()
  await expect(page.getByText('Your address is confirmed.')).toBeVisible()
}

export async function signInPartner(page: Page, tenant: OpenTenant, partner: Partner): Promise<void> {
  await page.goto(`${tenant.portal}/login`)
  await page.getByLabel('Username or e-mail').fill(partner.email)
  await page.getByLabel('Password', { exact: true }).fill(partner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText(`Account of ${partner.email.split('@')[0]}`).or(page.locator('details.account-menu')).first()).toBeVisible()
}

/** All of it: a partner of the tenant, signed in. */
export async function becomePartner(page: Page, tenant: OpenTenant, partner = newPartner(tenant)): Promise<Partner> {
  await askToJoin(page, tenant, partner)
  await confirmAddress(page, tenant, partner)
  await signInPartner(page, tenant, partner)
  return partner
}

/** The curl of the dashboard, taken apart: what a shell would send. */
export async function shownCurl(page: Page): Promise<{ url: string; headers: Record<string, string>; method: string }> {
  const code = page.getByRole('figure', { name: 'A call with your key' }).locator('code')
  // Keys are covered on screen; the Copy button hands out the whole line.
  const line = (await code.getAttribute('data-secret')) ?? (await code.textContent()) ?? ''
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s\\]+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '')
  const headers: Record<string, string> = {}
  words.forEach((word, at) => {
    if (word !== '-H') return
    const [name = '', ...value] = words[at + 1]!.split(':')
    headers[name.toLowerCase()] = value.join(':').trim()
  })
  const verb = words.indexOf('-X')
  return { url: words.find((word) => word.startsWith('http'))!, headers, method: verb === -1 ? 'GET' : words[verb + 1]! }
}
