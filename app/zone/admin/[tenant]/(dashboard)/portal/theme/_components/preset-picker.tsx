'use client'

import { paletteOf, presetNames, presets, type PresetName } from '@/lib/cms/theme-colours'

/** The presets as what they are: a small page each, half of it by day, half by night. */
export function PresetPicker({ value, onChange }: { value: PresetName; onChange: (preset: PresetName) => void }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">Preset</legend>
      <div className="grid gap-2">
        {presetNames.map((name) => (
          <label
            key={name}
            className="flex cursor-pointer items-center gap-3 rounded-lg border border-line-strong bg-surface p-2.5 transition-colors hover:border-text-3 has-[:checked]:border-accent has-[:checked]:bg-accent-soft has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent"
          >
            <input type="radio" name="preset" value={name} checked={name === value} onChange={() => onChange(name)} className="sr-only" />
            <span aria-hidden className="flex h-14 w-24 shrink-0 overflow-hidden rounded-md border border-line">
              <Miniature preset={name} scheme="light" />
              <Miniature preset={name} scheme="dark" />
            </span>
            <span className="min-w-0">
              <span className="block text-sm font-semibold">{presets[name].title}</span>
              <span className="block text-xs text-text-2">{presets[name].summary}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Miniature({ preset, scheme }: { preset: PresetName; scheme: 'light' | 'dark' }) {
  const colours = paletteOf({ preset, accent: null, hero: null, corners: 'soft' }, scheme)
  return (
    <span className="flex w-1/2 flex-col" style={{ background: colours.bg }}>
      <span className="flex h-7 flex-col justify-center gap-1 px-1.5" style={{ background: colours['hero-from'] }}>
        <span className="h-1 w-7 rounded-full" style={{ background: colours['hero-text'] }} />
        <span className="h-1.5 w-4 rounded-[2px]" style={{ background: colours['hero-button'] }} />
      </span>
      <span className="flex flex-1 flex-col justify-center gap-1 px-1.5">
        <span className="h-0.5 w-8 rounded-full" style={{ background: colours['text-2'] }} />
        <span className="h-0.5 w-6 rounded-full" style={{ background: colours['text-3'] }} />
        <span className="h-0.5 w-5 rounded-full" style={{ background: colours['accent-text'] }} />
      </span>
    </span>
  )
}
