import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8')
const palette = Object.fromEntries([...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, light, dark]) => [name, [light, dark]])) as Record<string, [string, string]>

/** [ink, ground, least contrast]: what really stands on what. */
const pairs: [string, string, number][] = [
  ...['canvas', 'surface', 'sunken', 'raised'].flatMap((ground): [string, string, number][] => [
    ['text', ground, 7],
    ['text-2', ground, 7],
    ['text-3', ground, 4.5],
    ['accent-text', ground, 4.5],
    ['bad-text', ground, 4.5],
    ['good-text', ground, 4.5],
  ]),
  ...['accent', 'good', 'warn', 'bad', 'violet'].map((tone): [string, string, number] => [`${tone}-text`, `${tone}-soft`, 4.5]),
  ...['accent', 'good', 'warn', 'bad'].map((tone): [string, string, number] => ['text-2', `${tone}-soft`, 4.5]),
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-strong', 4.5],
]

describe('the palette', () => {
  it.each(pairs)('%s can be read on %s in light and dark', (ink, ground, least) => {
    for (const half of [0, 1]) expect(contrast(palette[ink]![half]!, palette[ground]![half]!)).toBeGreaterThanOrEqual(least)
  })

  it.each(['bad', 'bad-strong'])('white can be read on %s', (ground) => {
    for (const half of [0, 1]) expect(contrast('#ffffff', palette[ground]![half]!)).toBeGreaterThanOrEqual(4.5)
  })
})

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
