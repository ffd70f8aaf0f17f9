/**
 * The colours of a portal, computed: a preset gives the grounds and inks of both schemes, one accent gives the rest. Buttons
 * keep the accent as the tenant chose it (black or white on it always reaches 4.5:1); where it is read as text it moves in
 * lightness, never in hue, until it reaches 4.5:1 on every ground. Pure, so the theme screen computes its preview with it.
 */
export const presetNames = ['paper', 'tide', 'ember'] as const
export type PresetName = (typeof presetNames)[number]
export const heroStyles = ['plain', 'wash', 'deep'] as const
export type HeroStyle = (typeof heroStyles)[number]
export const cornerStyles = ['sharp', 'soft', 'round'] as const
export type CornerStyle = (typeof cornerStyles)[number]

/** `accent` is `#rrggbb`; null for accent and hero: what the preset brings. */
export type ThemeSettings = { preset: PresetName; accent: string | null; hero: HeroStyle | null; corners: CornerStyle }

export const defaultTheme: ThemeSettings = { preset: 'paper', accent: null, hero: null, corners: 'soft' }

/** Characters of the line on top of the portal's front page. */
export const taglineMax = 120

export type Scheme = 'light' | 'dark'
type Grounds = { bg: string; surface: string; sunken: string; line: string; 'line-strong': string; text: string; 'text-2': string; 'text-3': string }
export type Preset = { title: string; summary: string; accent: string; hero: HeroStyle; light: Grounds; dark: Grounds }

export const presets: Record<PresetName, Preset> = {
  paper: {
    title: 'Paper',
    summary: 'White and graphite. Calm, lets the documentation speak.',
    accent: '#2454d6',
    hero: 'wash',
    light: { bg: '#ffffff', surface: '#ffffff', sunken: '#f5f6f8', line: '#e3e6ea', 'line-strong': '#c5cad2', text: '#14161b', 'text-2': '#484e59', 'text-3': '#626975' },
    dark: { bg: '#0d0e11', surface: '#14161a', sunken: '#1a1c21', line: '#282b32', 'line-strong': '#434853', text: '#f1f2f4', 'text-2': '#b5bac3', 'text-3': '#979eaa' },
  },
  tide: {
    title: 'Tide',
    summary: 'Deep blue-green. A strong front, quiet pages behind it.',
    accent: '#0b7d76',
    hero: 'deep',
    light: { bg: '#fbfdfd', surface: '#ffffff', sunken: '#eff5f5', line: '#dae6e6', 'line-strong': '#b5c8c9', text: '#0b1e21', 'text-2': '#3c5255', 'text-3': '#55676a' },
    dark: { bg: '#07171a', surface: '#0c1f23', sunken: '#11282d', line: '#1d3a40', 'line-strong': '#34585f', text: '#ecf6f5', 'text-2': '#abc5c6', 'text-3': '#8fadaf' },
  },
  ember: {
    title: 'Ember',
    summary: 'Warm paper and burnt orange. Friendly, still serious.',
    accent: '#c2410c',
    hero: 'wash',
    light: { bg: '#fffdfa', surface: '#ffffff', sunken: '#f8f3ec', line: '#ece3d7', 'line-strong': '#d2c4b1', text: '#221913', 'text-2': '#58493e', 'text-3': '#715f51' },
    dark: { bg: '#14100d', surface: '#1c1613', sunken: '#251d18', line: '#392d26', 'line-strong': '#5a483b', text: '#f7f1eb', 'text-2': '#cbbbad', 'text-3': '#ab9a8c' },
  },
}

const states: Record<Scheme, Record<string, string>> = {
  light: {
    good: '#15803d', 'good-text': '#146231', 'good-soft': '#edfbf2', 'good-line': '#bce7cb',
    warn: '#b45309', 'warn-text': '#7c4a0c', 'warn-soft': '#fef8e8', 'warn-line': '#f1dca0',
    bad: '#c92a1e', 'bad-text': '#b3231a', 'bad-soft': '#fef2f1', 'bad-line': '#f5c8c4',
  },
  dark: {
    good: '#34c26b', 'good-text': '#7ddca4', 'good-soft': '#0f231a', 'good-line': '#1f4a32',
    warn: '#e0a526', 'warn-text': '#f0c76e', 'warn-soft': '#261e0c', 'warn-line': '#50401a',
    bad: '#ef6a5e', 'bad-text': '#ffa198', 'bad-soft': '#2b1412', 'bad-line': '#5c2a25',
  },
}

export type Palette = Record<string, string>

/** Every colour of one scheme by its custom property's name, without the dashes in front. */
export function paletteOf(settings: ThemeSettings, scheme: Scheme): Palette {
  const preset = presets[settings.preset]
  const grounds = preset[scheme]
  const brand = settings.accent ?? preset.accent
  const { l: lightness, c, h } = toOklch(brand)
  const light = scheme === 'light'
  const soft = fromOklch({ l: light ? 0.968 : 0.265, c: Math.min(c, light ? 0.022 : 0.045), h })
  const readOn = [grounds.bg, grounds.surface, grounds.sunken, soft]
  const readable = untilReadable(brand, readOn, scheme)
  // A fill that melts into the page (white on paper, black at night) is no button: it takes the readable form.
  const accent = contrast(brand, grounds.bg) >= 1.45 ? brand : readable
  const onAccent = inkOn(accent)
  // A yellow gone dark is a brown: bright accents leave the deep ground to the preset's hue and shine on it.
  const band = toOklch(lightness > 0.72 ? preset.accent : brand)
  const deep = fromOklch({ l: light ? 0.275 : 0.215, c: Math.min(band.c, light ? 0.07 : 0.05), h: band.h })
  const hero = settings.hero ?? preset.hero
  const onDeep = hero === 'deep'
  const deepButton = contrast(accent, deep) >= 4.5 ? accent : '#ffffff'
  const onDeepButton = deepButton === '#ffffff' ? deep : onAccent
  const code = fromOklch({ l: light ? 0.225 : 0.185, c: Math.min(c, 0.025), h })
  return {
    ...grounds,
    accent,
    'accent-hover': shade(accent, onAccent === '#ffffff' ? -0.05 : 0.04),
    'on-accent': onAccent,
    'accent-text': readable,
    'accent-soft': soft,
    'accent-line': fromOklch({ l: light ? 0.86 : 0.42, c: Math.min(c, 0.08), h }),
    'hero-from': { plain: grounds.bg, wash: soft, deep }[hero],
    'hero-to': onDeep ? shade(deep, light ? 0.045 : 0.025) : grounds.bg,
    'hero-text': onDeep ? '#ffffff' : grounds.text,
    'hero-text-2': onDeep ? fromOklch({ l: 0.88, c: Math.min(band.c, 0.025), h: band.h }) : grounds['text-2'],
    'hero-line': onDeep ? shade(deep, 0.14) : grounds['line-strong'],
    'hero-button': onDeep ? deepButton : accent,
    'hero-button-hover': onDeep && deepButton === '#ffffff' ? fromOklch({ l: 0.93, c: Math.min(band.c, 0.03), h: band.h }) : shade(accent, onAccent === '#ffffff' ? -0.05 : 0.04),
    'on-hero-button': onDeep ? onDeepButton : onAccent,
    code,
    'code-line': shade(code, 0.1),
    'code-text': '#e9ecf1',
    'code-2': fromOklch({ l: 0.76, c: Math.min(c, 0.02), h }),
    'code-accent': fromOklch({ l: 0.83, c: Math.min(c, 0.1), h }),
    ...states[scheme],
  }
}

/** The stylesheet at `/css/colours.css`: each colour once, as a pair the scheme chooses from. */
export function coloursCss(settings: ThemeSettings): string {
  const light = paletteOf(settings, 'light')
  const dark = paletteOf(settings, 'dark')
  const lines = Object.entries(light).map(([name, colour]) => `  --${name}: light-dark(${colour}, ${dark[name]});`)
  const [radius, radiusSmall] = { sharp: ['3px', '2px'], soft: ['10px', '8px'], round: ['18px', '12px'] }[settings.corners]
  return [':root {', ...lines, `  --radius: ${radius};`, `  --radius-small: ${radiusSmall};`, '}', ''].join('\n')
}

/** What the accent becomes where it is read as text; equal to the accent where nothing had to move. */
export function accentAsText(settings: ThemeSettings): Record<Scheme, string> {
  return { light: paletteOf(settings, 'light')['accent-text']!, dark: paletteOf(settings, 'dark')['accent-text']! }
}

/** WCAG 2.2 contrast of two `#rrggbb` colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function inkOn(fill: string): string {
  return contrast('#ffffff', fill) >= 4.5 ? '#ffffff' : '#0b0c0f'
}

function untilReadable(colour: string, grounds: string[], scheme: Scheme): string {
  const start = toOklch(colour)
  const step = scheme === 'light' ? -0.01 : 0.01
  for (let l = start.l; l > 0 && l < 1; l += step) {
    const moved = l === start.l ? colour : fromOklch({ ...start, l })
    if (grounds.every((ground) => contrast(moved, ground) >= 4.6)) return moved
  }
  return scheme === 'light' ? '#000000' : '#ffffff'
}

function shade(colour: string, by: number): string {
  const { l, c, h } = toOklch(colour)
  return fromOklch({ l: Math.min(1, Math.max(0, l + by)), c, h })
}

function channels(hex: string): [number, number, number] {
  const linear = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [linear(1), linear(3), linear(5)]
}

function luminance(hex: string): number {
  const [r, g, b] = channels(hex)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

type Oklch = { l: number; c: number; h: number }

// Björn Ottosson's OKLab matrices: lightness that eyes agree with, so that moving it keeps the hue.
function toOklch(hex: string): Oklch {
  const [r, g, b] = channels(hex)
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  return { l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, c: Math.hypot(a, bb), h: Math.atan2(bb, a) }
}

// Chroma gives way until the colour exists on a screen.
function fromOklch({ l, c, h }: Oklch): string {
  for (let chroma = c; chroma > 0; chroma -= 0.004) {
    const rgb = toRgb(l, chroma, h)
    if (rgb.every((value) => value > -0.0005 && value < 1.0005)) return hexOf(rgb)
  }
  return hexOf(toRgb(l, 0, h))
}

function hexOf(rgb: number[]): string {
  return `#${rgb.map(toByte).join('')}`
}

function toRgb(lightness: number, c: number, h: number): number[] {
  const a = c * Math.cos(h)
  const b = c * Math.sin(h)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s]
}

function toByte(linear: number): string {
  const value = Math.min(1, Math.max(0, linear))
  const gamma = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055
  return Math.round(gamma * 255).toString(16).padStart(2, '0')
}
