import { beforeAll, describe, expect, it } from 'vitest'
import { logoBytesMax, removeLogo, saveLogo } from '@/lib/cms/logo'
import { findFile } from '@/lib/cms/queries'
import { defaultTheme, getTheme, saveTheme, themeOf, themeSettings } from '@/lib/cms/theme-settings'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { Ctx } from '@/lib/tenants/context'

const onePixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"><path d="M0 0h9v9z"/></svg>')

describe('the theme of a portal', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
  })

  it('is the default until somebody chooses, and then stays the tenant’s own', async () => {
    expect(await getTheme(ctx)).toEqual({ settings: defaultTheme, tagline: '', logo: null })
    await saveTheme(ctx, { preset: 'tide', accent: 'FC0', hero: '', corners: 'round', tagline: '  Read it, build on it  ' })
    expect(await getTheme(ctx)).toEqual({ settings: { preset: 'tide', accent: '#ffcc00', hero: null, corners: 'round' }, tagline: 'Read it, build on it', logo: null })
    expect(await getTheme(other)).toMatchObject({ settings: defaultTheme })
    expect(await ctx.db.event.findMany({ where: { type: 'portal.theme_changed' } })).toHaveLength(1)
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'portal.theme_changed' } })).toMatchObject({ before: { preset: 'paper' }, after: { preset: 'tide', accent: '#ffcc00' } })
  })

  it('saving what is there already tells nobody', async () => {
    const before = await ctx.db.event.count({})
    await saveTheme(ctx, { ...(await getTheme(ctx)).settings, tagline: 'Read it, build on it' })
    expect(await ctx.db.event.count({})).toBe(before)
  })

  it.each([
    [{ ...defaultTheme, accent: 'red' }, 'accent'],
    [{ ...defaultTheme, accent: '#12345' }, 'accent'],
    [{ ...defaultTheme, accent: '#fff;} body{display:none' }, 'accent'],
    [{ ...defaultTheme, preset: 'neon' }, 'preset'],
    [{ ...defaultTheme, hero: 'loud' }, 'hero'],
  ])('refuses %j by its field', (theme, field) => {
    expect(themeSettings.safeParse(theme).error?.issues[0]?.path).toEqual([field])
  })

  it('what can no longer be read counts as the default', () => {
    for (const stored of [null, 'x', { preset: 'gone' }, { accent: 7 }]) expect(themeOf(stored)).toEqual(defaultTheme)
    expect(themeOf({ preset: 'ember' })).toEqual({ ...defaultTheme, preset: 'ember' })
  })

  it('a logo is a file of the portal with a known size, and survives a change of colours', async () => {
    await saveLogo(ctx, { fileName: 'Our Logo.PNG', bytes: onePixel })
    await saveTheme(ctx, { ...defaultTheme, preset: 'ember', tagline: '' })
    const { logo } = await getTheme(ctx)
    expect(logo).toMatchObject({ width: 1, height: 1, url: expect.stringMatching(/^\/images\/logo\.png\?v=[0-9a-f]{16}$/) })
    await saveLogo(ctx, { fileName: 'logo.svg', bytes: svg })
    expect((await getTheme(ctx)).logo).toMatchObject({ width: 120, height: 30, url: expect.stringContaining('/images/logo.svg') })
    expect(await findFile(ctx, '/images/logo.png')).toBeNull()
    expect((await getTheme(other)).logo).toBeNull()
  })

  it('UP-1 a logo is an image by its bytes, of a kind that headers show, and small', async () => {
    await expect(saveLogo(ctx, { fileName: 'logo.png', bytes: svg })).rejects.toMatchObject({ code: 'invalid', fields: { logo: [expect.any(String)] } })
    await expect(saveLogo(ctx, { fileName: 'logo.gif', bytes: onePixel })).rejects.toMatchObject({ code: 'invalid' })
    await expect(saveLogo(ctx, { fileName: 'logo.png', bytes: Buffer.concat([onePixel, Buffer.alloc(logoBytesMax)]) })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('removed, its file goes too', async () => {
    await removeLogo(ctx)
    expect((await getTheme(ctx)).logo).toBeNull()
    expect(await findFile(ctx, '/images/logo.svg')).toBeNull()
    await removeLogo(ctx)
  })
})
