'use client'

import { Monitor, Moon, Smartphone, Sun } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { Callout } from '@/components/ui/callout'
import { cn } from '@/components/ui/class-names'
import { coloursCss, type Scheme, type ThemeSettings } from '@/lib/cms/theme-colours'

const widths = { desktop: 1280, phone: 380 } as const
type Device = keyof typeof widths

/**
 * The front page of the portal in a frame that runs and loads nothing; another choice only changes the colours inside.
 * It is drawn at the width of the device and scaled to the room there is.
 */
export function PortalPreview({ html, theme, headline }: { html: string | null; theme: ThemeSettings; headline: string }) {
  const [scheme, setScheme] = useState<Scheme>('light')
  const [device, setDevice] = useState<Device>('desktop')
  const [room, setRoom] = useState(0)
  const frame = useRef<HTMLIFrameElement>(null)
  const css = coloursCss(theme)

  const paint = useCallback(() => {
    const page = frame.current?.contentDocument
    const colours = page?.getElementById('preview-colours')
    if (!page || !colours) return
    colours.textContent = css
    page.documentElement.dataset.theme = scheme
    const title = page.querySelector('.hero h1')
    if (title) title.textContent = headline
  }, [css, scheme, headline])
  useEffect(paint, [paint])

  const measured = useCallback((element: HTMLDivElement | null) => {
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setRoom(entry!.contentRect.width))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const width = widths[device]
  const scale = Math.min(1, room / width)
  const height = device === 'phone' ? 740 : 1240
  return (
    <section aria-label="Preview" className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface xl:sticky xl:top-20">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
        <h2 className="text-sm font-semibold">Preview</h2>
        <div className="flex flex-wrap gap-2">
          <Toggle label="Colours" value={scheme} onChange={setScheme} options={[{ value: 'light', label: 'Light', icon: <Sun /> }, { value: 'dark', label: 'Dark', icon: <Moon /> }]} />
          <Toggle label="Width" value={device} onChange={setDevice} options={[{ value: 'desktop', label: 'Desktop', icon: <Monitor /> }, { value: 'phone', label: 'Phone', icon: <Smartphone /> }]} />
        </div>
      </header>
      {html === null ? (
        <div className="p-4">
          <Callout kind="warning" title="Your front page could not be rendered">
            Portal, Content shows the template and the line. The colours are saved all the same.
          </Callout>
        </div>
      ) : (
        <div ref={measured} className="flex justify-center overflow-hidden bg-sunken" style={{ height: Math.min(height, height * scale) }}>
          <div style={{ width: width * scale, height: height * scale }}>
            <iframe
              ref={frame}
              title="Front page of your portal"
              // Same origin so that the colours can be put in; nothing in it may run.
              sandbox="allow-same-origin"
              tabIndex={-1}
              srcDoc={html}
              onLoad={paint}
              className="border-0"
              style={{ width, height, transform: `scale(${scale})`, transformOrigin: '0 0' }}
            />
          </div>
        </div>
      )}
    </section>
  )
}

function Toggle<Value extends string>({ label, value, options, onChange }: { label: string; value: Value; options: { value: Value; label: string; icon: ReactNode }[]; onChange: (value: Value) => void }) {
  return (
    <div role="group" aria-label={label} className="inline-flex rounded-md border border-line-strong bg-sunken p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cn('inline-flex h-[26px] items-center gap-1.5 rounded-[4px] px-2.5 text-sm transition-colors duration-100 [&_svg]:size-3.5', option.value === value ? 'bg-surface font-semibold text-text shadow-card' : 'text-text-2 hover:text-text')}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  )
}
