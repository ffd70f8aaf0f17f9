'use client'

import { useState } from 'react'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { presets, taglineMax, type CornerStyle, type HeroStyle, type ThemeSettings } from '@/lib/cms/theme-colours'
import { saveThemeAction } from '../_actions'
import { AccentField, hexOf } from './accent-field'
import { LogoCard } from './logo-card'
import { PortalPreview } from './portal-preview'
import { PresetPicker } from './preset-picker'

const heroes: Record<HeroStyle, string> = { plain: 'Plain: the page’s own ground', wash: 'Wash: a breath of the accent', deep: 'Deep: a dark band in the accent’s hue' }
const corners: Record<CornerStyle, string> = { sharp: 'Sharp', soft: 'Soft', round: 'Round' }

export function ThemeScreen({ saved, tagline: savedTagline, logoUrl, tenantName, preview }: { saved: ThemeSettings; tagline: string; logoUrl: string | null; tenantName: string; preview: string | null }) {
  const [chosen, setChosen] = useState(saved)
  const [accent, setAccent] = useState(saved.accent ?? '')
  const [tagline, setTagline] = useState(savedTagline)
  const accentHex = hexOf(accent)
  // While a colour is being typed the last whole one stays.
  const shown: ThemeSettings = { ...chosen, accent: accent.trim() === '' ? null : (accentHex ?? chosen.accent) }
  const changed = JSON.stringify([shown, tagline.trim()]) !== JSON.stringify([saved, savedTagline]) || (accent.trim() !== '' && accentHex === null)

  function undo() {
    setChosen(saved)
    setAccent(saved.accent ?? '')
    setTagline(savedTagline)
  }

  return (
    <div className="grid items-start gap-6 xl:grid-cols-[26rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-6">
        <Card>
          <ActionForm action={saveThemeAction} success="Theme saved. Your portal shows it now." toInput={() => ({ preset: chosen.preset, accent, hero: chosen.hero ?? '', corners: chosen.corners, tagline })}>
            <PresetPicker value={chosen.preset} onChange={(preset) => setChosen({ ...chosen, preset })} />
            <AccentField
              value={accent}
              theme={shown}
              onChange={(text) => {
                setAccent(text)
                setChosen({ ...chosen, accent: hexOf(text) ?? (text.trim() === '' ? null : chosen.accent) })
              }}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Front page begins" name="hero">
                <Select value={chosen.hero ?? ''} onChange={(event) => setChosen({ ...chosen, hero: (event.target.value || null) as HeroStyle | null })}>
                  <option value="">As in {presets[chosen.preset].title}</option>
                  {Object.entries(heroes).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label="Corners" name="corners">
                <Select value={chosen.corners} onChange={(event) => setChosen({ ...chosen, corners: event.target.value as CornerStyle })}>
                  {Object.entries(corners).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              </Field>
            </div>
            <Field label="Tagline" name="tagline" optional hint="The first line of your portal and what search engines show. Say what partners can build.">
              <Input value={tagline} maxLength={taglineMax} onChange={(event) => setTagline(event.target.value)} placeholder={`Build on ${tenantName}`} />
            </Field>
            <FormActions>
              <SubmitButton disabled={!changed}>Save theme</SubmitButton>
              {changed && (
                <Button variant="ghost" onClick={undo}>
                  Undo
                </Button>
              )}
            </FormActions>
          </ActionForm>
        </Card>
        <LogoCard url={logoUrl} tenantName={tenantName} />
      </div>
      <PortalPreview html={preview} theme={shown} headline={tagline.trim() || `Build on ${tenantName}`} />
    </div>
  )
}
