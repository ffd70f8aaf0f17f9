'use client'

import { Field } from '@/components/ui/field'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { accentAsText, presets, type ThemeSettings } from '@/lib/cms/theme-colours'

/** `#fc0`, `ffcc00` → `#ffcc00`; null for what is no colour. */
export function hexOf(text: string): string | null {
  const digits = text.trim().replace(/^#/, '').toLowerCase()
  if (/^[0-9a-f]{6}$/.test(digits)) return `#${digits}`
  return /^[0-9a-f]{3}$/.test(digits) ? `#${[...digits].map((digit) => digit + digit).join('')}` : null
}

/** The accent, by eye or by its digits, and what becomes of it where it has to be read. */
export function AccentField({ value, theme, onChange }: { value: string; theme: ThemeSettings; onChange: (text: string) => void }) {
  const own = presets[theme.preset].accent
  return (
    <div className="flex flex-col gap-1.5">
      <Field label="Accent colour" name="accent" optional hint={hintOf(theme)}>
        <div className="flex items-center gap-2">
          <input
            type="color"
            aria-label="Pick a colour"
            value={hexOf(value) ?? own}
            onChange={(event) => onChange(event.target.value)}
            className="h-8 w-10 shrink-0 cursor-pointer rounded-md border border-line-strong bg-surface p-0.5"
          />
          <Input mono value={value} onChange={(event) => onChange(event.target.value)} placeholder={own} spellCheck={false} autoComplete="off" />
          {value !== '' && (
            <Button variant="ghost" size="sm" onClick={() => onChange('')}>
              {presets[theme.preset].title}’s own
            </Button>
          )}
        </div>
      </Field>
    </div>
  )
}

function hintOf(theme: ThemeSettings): string {
  if (theme.accent === null) return 'Your brand’s colour, for buttons, links and bars.'
  const { light, dark } = accentAsText(theme)
  const moved = [...(light === theme.accent ? [] : [`${light} on light pages`]), ...(dark === theme.accent ? [] : [`${dark} on dark ones`])]
  return moved.length === 0 ? 'Good to read on every ground, light and dark.' : `Buttons keep it. Where it is read as text it becomes ${moved.join(' and ')}, so that everybody can read it.`
}
