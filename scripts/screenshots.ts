import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { chromium } from '@playwright/test'

/**
 * Pictures of pages in light and dark, wide and narrow, with an accessibility check and the console's complaints.
 *
 *   node --import ./scripts/alias.mjs scripts/screenshots.ts http://localhost:3000/ http://acme.admin.localhost:3000/products
 *
 * OUT chooses the folder, SIZES and THEMES narrow the matrix, STORAGE is a Playwright storage state for pages behind a
 * sign-in. Ends with 1 when a page has a serious finding, a console error, or scrolls sideways.
 */
const pages = process.argv.slice(2)
const out = process.env.OUT ?? mkdtempSync(join(tmpdir(), 'gatehouse-pictures-'))
const sizes = (process.env.SIZES ?? '1440,380').split(',').map(Number)
const themes = (process.env.THEMES ?? 'light,dark').split(',') as ('light' | 'dark')[]

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
let complaints = 0
for (const address of pages)
  for (const width of sizes)
    for (const colorScheme of themes) {
      const context = await browser.newContext({ viewport: { width, height: width < 600 ? 800 : 900 }, colorScheme, reducedMotion: 'reduce', storageState: process.env.STORAGE || undefined })
      const page = await context.newPage()
      const said: string[] = []
      page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
      page.on('pageerror', (error) => said.push(String(error)))
      await page.goto(address, { waitUntil: 'networkidle', timeout: 60_000 })
      const name = `${new URL(address).hostname.split('.')[0]}${new URL(address).pathname.replaceAll('/', '-').replace(/-$/, '')}-${width}-${colorScheme}`
      await page.screenshot({ path: join(out, `${name}.png`), fullPage: true, caret: 'initial' })
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      if (sideways > 0) said.push(`scrolls sideways by ${sideways} px`)
      for (const { id, help, nodes } of serious) said.push(`axe ${id}: ${help}\n${nodes.slice(0, 5).map((node) => `      ${node.html.slice(0, 160)}\n      ${node.any[0]?.message ?? ''}`).join('\n')}`)
      for (const line of said) process.stdout.write(`  ! ${line}\n`)
      complaints += said.length
      process.stdout.write(`${said.length === 0 ? 'ok' : '--'} ${name}.png${violations.length > serious.length ? ` (minor: ${violations.map(({ id }) => id).join(', ')})` : ''}\n`)
      await context.close()
    }
await browser.close()
process.stdout.write(`${out}\n`)
process.exitCode = complaints === 0 ? 0 : 1
