import AxeBuilder from '@axe-core/playwright'
import type { BrowserContext, Page } from '@playwright/test'
import { originOf, type Content, type Look } from '@/e2e/harness/content'
import { expect, patiently } from '@/e2e/harness/world'

/**
 * One page, light and dark, wide and narrow: axe finds nothing serious, nothing scrolls sideways, the content security
 * policy has nothing to report. One load a page: what the theme changes is colour.
 */
export async function lookClosely({ page, context }: { page: Page; context: BrowserContext }, look: Look, content: Content): Promise<void> {
  const origin = originOf(look, content)
  const person = look.as?.(content)
  if (person) await context.addCookies([{ name: person.cookieName, value: person.cookie, url: origin, httpOnly: true, sameSite: 'Lax' }])
  await page.addInitScript(() => {
    const reports: string[] = ((window as unknown as { cspReports: string[] }).cspReports = [])
    document.addEventListener('securitypolicyviolation', (event) => reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))
  })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  const answer = await page.goto(origin + look.path(content), { waitUntil: 'networkidle' })
  expect(answer?.status()).toBe(look.isThere === false ? 404 : 200)
  // Whoever was sent to sign in would have been shown another page.
  if (person) expect(page.url()).toBe(origin + look.path(content))
  if (look.shows) await expect(page.locator(look.shows).first()).toBeVisible(patiently)

  // Colours on their way from one theme to the other are nobody's colours.
  await page.addStyleTag({ content: '*, ::before, ::after { transition: none !important; animation: none !important }' })
  for (const width of [1440, 380]) {
    await page.setViewportSize({ width, height: 900 })
    await turn(page, 'light')
    expect.soft(await seriousFindings(new AxeBuilder({ page })), `${width} px, light`).toEqual([])
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect.soft(sideways, `scrolls sideways at ${width} px`).toBeLessThanOrEqual(0)
    await turn(page, 'dark')
    expect.soft(await seriousFindings(new AxeBuilder({ page }), ['color-contrast', 'link-in-text-block']), `${width} px, dark`).toEqual([])
  }
  expect(await page.evaluate(() => (window as unknown as { cspReports: string[] }).cspReports)).toEqual([])
  const handlers = await page.evaluate(() => [...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on')).map((name) => `${element.tagName} ${name}`)))
  expect(handlers, 'inline handlers').toEqual([])
}

async function turn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

async function seriousFindings(builder: AxeBuilder, rules?: string[]): Promise<string[]> {
  // Without legacy mode every look opens a page of its own; there are no frames of strangers here.
  const { violations } = await builder.setLegacyMode().options({ resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 5).map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`))
}
