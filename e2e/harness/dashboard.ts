import type { Locator, Page } from '@playwright/test'
import type { OpenTenant } from '@/e2e/harness/open-tenant'
import { expect } from '@/e2e/harness/world'

// What walks through the dashboard do again and again, by its screens.

export type Addresses = { staging: string; production: string }

/** The two public addresses, as the Gateway page shows them. */
export async function readAddresses(page: Page, tenant: OpenTenant): Promise<Addresses> {
  await page.goto(`${tenant.admin}/products/${tenant.product}/gateway`)
  const staging = await page.getByText(/^http:\/\/.*\.staging\.gw\.localhost:\d+$/).first().textContent()
  const production = await page.getByText(/^http:\/\/(?!.*staging).*\.gw\.localhost:\d+$/).first().textContent()
  return { staging: staging!, production: production! }
}

/** Promotes what staging serves; the dialog has to say `changes` first. */
export async function promote(page: Page, tenant: OpenTenant, ...changes: (string | RegExp)[]): Promise<void> {
  await page.goto(`${tenant.admin}/products/${tenant.product}/gateway`)
  await page.getByRole('button', { name: 'Promote to production' }).click()
  const dialog = page.getByRole('dialog', { name: 'Promote to production' })
  for (const change of changes) await expect(dialog.getByText(change).first()).toBeVisible()
  await dialog.getByRole('button', { name: 'Promote now' }).click()
  await expect(page.getByText('Promoted to production').first()).toBeVisible()
}

export async function setAuthenticationMode(page: Page, tenant: OpenTenant, label: string): Promise<void> {
  await page.goto(`${tenant.admin}/products/${tenant.product}/settings`)
  await page.getByRole('radio', { name: label }).check()
  await page.getByRole('button', { name: 'Save authentication mode' }).click()
  await expect(page.getByText('Authentication mode saved').first()).toBeVisible()
}

export async function makePlan(page: Page, tenant: OpenTenant, name: string): Promise<string> {
  await page.goto(`${tenant.admin}/products/${tenant.product}/plans`)
  await page.getByRole('button', { name: 'New plan' }).first().click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('State').selectOption('published')
  await page.getByRole('button', { name: 'Create plan' }).click()
  await expect(page.getByRole('button', { name: 'Reads only' })).toBeVisible()
  return page.url()
}

/** An account and its application; ends on the page of the application. */
export async function placePartner(page: Page, tenant: OpenTenant, { account, application, plan }: { account: string; application: string; plan: string }): Promise<void> {
  await page.goto(`${tenant.admin}/accounts/new`)
  await page.getByLabel('Organisation').fill(account)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1, name: account })).toBeVisible()
  await page.goto(`${tenant.admin}/applications/new`)
  await page.getByLabel('Account').selectOption({ label: account })
  await page.getByLabel('Plan').selectOption({ label: plan })
  await page.getByLabel('Name').fill(application)
  await page.getByRole('button', { name: 'Create application' }).click()
  await expect(page.getByRole('heading', { level: 1, name: application })).toBeVisible()
}

/** A masked key or secret, shown and read. */
export async function readSecret(page: Page, within: Locator, label: string, shape: RegExp, password: string): Promise<string> {
  await within.getByRole('button', { name: `Show ${label}` }).click()
  const secret = within.getByText(shape)
  await sayPassword(page, password, secret)
  return (await secret.textContent())!
}

/** Says the password again if it is asked for; done when `there` is. */
export async function sayPassword(page: Page, password: string, there: Locator): Promise<void> {
  const question = page.getByRole('dialog', { name: 'Your password, please' })
  await expect(question.or(there).first()).toBeVisible()
  if (await question.isVisible()) {
    await question.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
  }
  await expect(there.first()).toBeVisible()
}
