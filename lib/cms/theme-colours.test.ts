import { describe, expect, it } from 'vitest'
import { accentAsText, coloursCss, contrast, cornerStyles, defaultTheme, heroStyles, paletteOf, presetNames, type Scheme, type ThemeSettings } from '@/lib/cms/theme-colours'

const schemes: Scheme[] = ['light', 'dark']
const ownAccents = ['#ffcc00', '#ffffff', '#000000', '#ff0066', '#00e5ff', '#808080', '#7c3aed', '#19e36a', '#1a1a1a', '#f4e7d3']

const every: [string, ThemeSettings, Scheme][] = presetNames.flatMap((preset) =>
  [null, ...ownAccents].flatMap((accent) =>
    heroStyles.flatMap((hero) => schemes.map((scheme): [string, ThemeSettings, Scheme] => [`${preset} ${accent ?? ''} ${hero} ${scheme}`, { preset, accent, hero, corners: 'soft' }, scheme])),
  ),
)

describe('colours of the portal', () => {
  it('knows white on black is 21 to 1', () => {
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 1)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })

  it.each(every)('keeps every text readable: %s', (_name, settings, scheme) => {
    const palette = paletteOf(settings, scheme)
    const at = (name: string) => palette[name]!
    const grounds = ['bg', 'surface', 'sunken']
    for (const ground of grounds) {
      expect(contrast(at('text'), at(ground)), `text on ${ground}`).toBeGreaterThanOrEqual(7)
      for (const ink of ['text-2', 'text-3', 'accent-text']) expect(contrast(at(ink), at(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    }
    for (const ink of ['accent-text', 'text', 'text-2']) expect(contrast(at(ink), at('accent-soft')), `${ink} on accent-soft`).toBeGreaterThanOrEqual(4.5)
    expect(contrast(at('on-accent'), at('accent')), 'button').toBeGreaterThanOrEqual(4.5)
    expect(contrast(at('on-accent'), at('accent-hover')), 'button under the pointer').toBeGreaterThanOrEqual(4.5)
    expect(contrast(at('accent'), at('bg')), 'button on page').toBeGreaterThanOrEqual(1.4)
    for (const ground of ['hero-from', 'hero-to']) for (const ink of ['hero-text', 'hero-text-2']) expect(contrast(at(ink), at(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    expect(contrast(at('on-hero-button'), at('hero-button')), 'hero button').toBeGreaterThanOrEqual(4.5)
    expect(contrast(at('on-hero-button'), at('hero-button-hover')), 'hero button under the pointer').toBeGreaterThanOrEqual(4.5)
    for (const ink of ['code-text', 'code-2', 'code-accent']) expect(contrast(at(ink), at('code')), `${ink} on code`).toBeGreaterThanOrEqual(4.5)
    for (const state of ['good', 'warn', 'bad']) {
      for (const ground of [...grounds, `${state}-soft`]) expect(contrast(at(`${state}-text`), at(ground)), `${state} on ${ground}`).toBeGreaterThanOrEqual(4.5)
      expect(contrast(at(state), at('sunken')), `${state} bar`).toBeGreaterThanOrEqual(3)
    }
  })

  it("keeps the tenant's own accent on buttons and moves it only where it is read", () => {
    const settings: ThemeSettings = { ...defaultTheme, accent: '#ffcc00' }
    expect(paletteOf(settings, 'light').accent).toBe('#ffcc00')
    expect(paletteOf(settings, 'light')['on-accent']).toBe('#0b0c0f')
    expect(accentAsText(settings).light).not.toBe('#ffcc00')
    expect(accentAsText(settings).dark).toBe('#ffcc00')
  })

  it('writes each colour once, for both schemes', () => {
    for (const corners of cornerStyles) {
      const css = coloursCss({ ...defaultTheme, corners })
      expect(css).toMatch(/^:root \{\n/)
      expect(css).toContain('--bg: light-dark(#ffffff, #0d0e11);')
      expect(css).not.toMatch(/undefined|NaN/)
      expect(css.match(/--accent:/g)).toHaveLength(1)
    }
  })
})
