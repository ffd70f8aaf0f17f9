import { z } from 'zod'
import { coloursCss, contrast, cornerStyles, defaultTheme, heroStyles, paletteOf, presetNames, taglineMax, type ThemeSettings } from '@/lib/cms/theme-colours'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

export { coloursCss, defaultTheme, type ThemeSettings }

const hexColour = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/, 'Write the colour as six hexadecimal digits, e.g. #2454d6.')
  .transform((text) => {
    const digits = text.replace('#', '')
    return `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits}`
  })

const blankIsNull = (value: unknown) => (value === '' || value === undefined ? null : value)

const choices = {
  preset: z.enum(presetNames, 'Choose one of the presets.'),
  accent: z.preprocess(blankIsNull, hexColour.nullable()),
  hero: z.preprocess(blankIsNull, z.enum(heroStyles, 'Choose how the front begins.').nullable()),
  corners: z.enum(cornerStyles, 'Choose how corners look.').default('soft'),
}

/** What a tenant chooses of its portal's look. Blank accent and hero: what the preset brings. */
export const themeSettings = z.object(choices).superRefine(assertReadable)

export const themeInput = z.object({ ...choices, tagline: z.string().trim().max(taglineMax, `Keep the line within ${taglineMax} characters.`).default('') }).superRefine(assertReadable)
export type ThemeInput = z.input<typeof themeInput>

/** The palette moves a colour until it can be read; this holds it to its word before anything is stored. */
function assertReadable(settings: ThemeSettings, refine: z.RefinementCtx): void {
  // Refinements also run where a field was refused already; there is nothing to compute then.
  if (!presetNames.includes(settings.preset) || !/^(#[0-9a-f]{6})?$/.test(settings.accent ?? '')) return
  for (const scheme of ['light', 'dark'] as const) {
    const palette = paletteOf(settings, scheme)
    const lowest = Math.min(contrast(palette['accent-text']!, palette.bg!), contrast(palette['on-accent']!, palette.accent!))
    if (lowest < 4.5) refine.addIssue({ code: 'custom', path: ['accent'], message: `Text in this colour could not be read on ${scheme} pages (${lowest.toFixed(1)} to 1, it takes 4.5). Choose a stronger one.` })
  }
}

export type Logo = { fileId: number; url: string; width: number | null; height: number | null }
export type PortalTheme = { settings: ThemeSettings; tagline: string; logo: Logo | null }

/** Size of the logo as its header says, kept beside the settings so that pages can reserve its place. */
const storedTheme = z.object({ logo: z.object({ width: z.number().positive(), height: z.number().positive() }).optional() })

/** The look as it is; what was never set, or cannot be read any more, is the default. */
export async function getTheme(ctx: Pick<Ctx, 'db'>): Promise<PortalTheme> {
  const row = await ctx.db.portalSettings.findFirst({ select: { theme: true, tagline: true, logoFileId: true } })
  if (!row) return { settings: defaultTheme, tagline: '', logo: null }
  const file = row.logoFileId === null ? null : await ctx.db.portalFile.findUnique({ where: { id: row.logoFileId }, select: { id: true, path: true, hash: true } })
  const size = storedTheme.safeParse(row.theme).data?.logo
  return {
    settings: themeOf(row.theme),
    tagline: row.tagline,
    logo: file && { fileId: Number(file.id), url: `${file.path}?v=${file.hash.slice(0, 16)}`, width: size?.width ?? null, height: size?.height ?? null },
  }
}

/** The settings inside the stored column. */
export function themeOf(stored: unknown): ThemeSettings {
  return themeSettings.safeParse({ ...defaultTheme, ...(typeof stored === 'object' ? stored : {}) }).data ?? defaultTheme
}

/** In force with the next page. Throws `invalid` with `preset`, `accent`, `hero`, `corners` or `tagline`. */
export async function saveTheme(ctx: Ctx, raw: ThemeInput): Promise<void> {
  const { tagline, ...theme } = themeInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const tenantId = ctx.tenant.id
    const row = await tx.portalSettings.findFirst({ select: { theme: true, tagline: true } })
    const before = { ...themeOf(row?.theme), tagline: row?.tagline ?? '' }
    const after = { ...theme, tagline }
    if (JSON.stringify(before) === JSON.stringify(after)) return
    const logo = storedTheme.safeParse(row?.theme).data?.logo
    const stored = { ...theme, ...(logo ? { logo } : {}) }
    await tx.portalSettings.upsert({ where: { tenantId }, create: { tenantId, theme: stored, tagline }, update: { theme: stored, tagline } })
    await recordEvent(tx, { tenantId, type: 'portal.theme_changed', data: { preset: theme.preset } })
    await recordAudit(tx, ctx.audit, { action: 'portal.theme_changed', before, after })
  })
}
