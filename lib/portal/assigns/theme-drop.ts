import { createHash } from 'node:crypto'
import { coloursCss, getTheme, type ThemeSettings } from '@/lib/cms/theme-settings'
import type { LiquidObject } from '@/lib/liquid/values'
import { builtInAssetUrl } from '@/lib/portal/built-in'
import type { Visit } from '@/lib/portal/portal-route'

/** How the tenant's portal looks and what it says of itself. */
export type Brand = { theme: LiquidObject; settings: ThemeSettings; tagline: string; logoUrl: string | null }

/** Where the tenant's colours are served; the address carries their hash, so that browsers may keep them for ever. */
export const coloursPath = '/css/colours.css'

export async function loadBrand({ ctx }: Pick<Visit, 'ctx'>): Promise<Brand> {
  const { settings, tagline, logo } = await getTheme(ctx)
  const theme = {
    preset: settings.preset,
    stylesheet_url: builtInAssetUrl('/css/portal.css'),
    script_url: builtInAssetUrl('/javascripts/portal.js'),
    colours_url: `${coloursPath}?v=${hashOf(coloursCss(settings))}`,
    logo_url: logo?.url ?? null,
    logo_width: logo?.width ?? null,
    logo_height: logo?.height ?? null,
  }
  return { theme, settings, tagline, logoUrl: logo?.url ?? null }
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
