import { expect, patiently, world } from '@/e2e/harness/world'
import type { Page } from '@playwright/test'

/** Opens the newest mail to an address once it is there, of several the one whose subject has these words; gives the addresses it names. */
export async function openMail(page: Page, to: string, subject: string | RegExp = ''): Promise<string[]> {
  const mail = page.getByRole('list', { name: 'Mails' }).getByRole('link').filter({ hasText: subject }).first()
  await expect(async () => {
    await page.goto(mailboxOf(to))
    await expect(mail).toBeVisible({ timeout: 1_000 })
  }).toPass(patiently)
  await mail.click()
  await page.waitForURL(/\/mailbox\/\d+$/)
  // The address changes before the last piece of the page is there.
  const text = page.locator('.whitespace-pre-wrap').first()
  await expect(text).toBeVisible()
  return text.locator('a[href^="http"]').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))
}

/** Subjects of all mails to an address, the newest first. */
export async function subjectsTo(page: Page, to: string): Promise<string[]> {
  await page.goto(mailboxOf(to))
  return page.getByRole('list', { name: 'Mails' }).getByRole('link').locator('.font-semibold').allTextContents()
}

const mailboxOf = (to: string) => `${world.origin()}/mailbox?to=${encodeURIComponent(to)}`
