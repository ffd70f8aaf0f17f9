import { afterAll, describe, expect, it } from 'vitest'
import { saveLogo } from '@/lib/cms/logo'
import { saveTheme } from '@/lib/cms/theme-settings'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { liquidPool } from '@/lib/liquid/render'
import { previewTheme, withoutWhatRuns } from '@/lib/portal/preview-theme'

describe('the preview of the theme', () => {
  testDatabase()
  afterAll(() => liquidPool().stop())

  it('is the front page in one piece: nothing runs, nothing is fetched, the logo is inside', async () => {
    const ctx = await makeTenant()
    await saveTheme(ctx, { preset: 'ember', accent: '#0a7', hero: 'deep', corners: 'sharp', tagline: 'Read it, build on it' })
    await saveLogo(ctx, { fileName: 'logo.svg', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>') })
    const html = (await previewTheme(ctx))!
    expect(html).toContain('Read it, build on it')
    expect(html).toContain('<style id="preview-colours">:root {')
    expect(html).toContain('src="data:image/svg+xml;base64,')
    expect(html).toContain('<body inert')
    expect(html).not.toMatch(/<script|<link|autofocus|src="\//)
  })

  it.each([
    ['<script src="/a.js"></script><p>x</p>', '<p>x</p>'],
    ['<SCRIPT>\nalert(1)</SCRIPT >', ''],
    ['<link rel="stylesheet" href="/a.css"><base href="/b">', ''],
    ['<iframe src="https://example.com"></iframe>', '</iframe>'],
    ['<img src="/images/team.png" alt="Team" srcset="/a 2x">', '<img alt="Team">'],
    ['<a href="/docs" onclick="go()">Docs</a>', '<a href="/docs">Docs</a>'],
    ['<meta http-equiv="refresh" content="0;url=/x">', ''],
    ['<p>through one address, on and on</p>', '<p>through one address, on and on</p>'],
    ['<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA">'],
  ])('takes out of %j what runs or loads', (html, still) => {
    expect(withoutWhatRuns(html)).toBe(still)
  })

  it.each(['<script', '<a ', '<a "', '<link', "<p '", '<!--', '<head', '</style'])('LQ-1 a page of a million times %j does not hold up the process', (text) => {
    expect(withoutWhatRuns(text.repeat(1_000_000 / text.length)).length).toBeLessThanOrEqual(1_000_000)
  })
})
