'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { cn } from '@/components/ui/class-names'
import { readTheme, themeCookie, type Theme } from '@/components/shell/theme'

const choices: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
]

/** System, light, dark. Acts at once; the cookie tells the server from the next page on. */
export function ThemeToggle({ className }: { className?: string }) {
  const theme = useSyncExternalStore(listen, current, () => null)
  return (
    <div role="radiogroup" aria-label="Theme" className={cn('inline-flex rounded-md border border-line bg-sunken p-0.5', className)}>
      {choices.map(({ value, label, icon: Icon }) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={theme === value}
          aria-label={label}
          title={label}
          onClick={() => choose(value)}
          className={cn('grid h-6 w-7 place-items-center rounded-sm', theme === value ? 'bg-surface text-text shadow-card ring-1 ring-line' : 'text-text-3 hover:text-text')}
        >
          <Icon aria-hidden className="size-3.5" />
        </button>
      ))}
    </div>
  )
}

const listeners = new Set<() => void>()

function listen(heard: () => void): () => void {
  listeners.add(heard)
  return () => listeners.delete(heard)
}

function current(): Theme {
  return readTheme(document.documentElement.dataset.theme)
}

function choose(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  const secure = window.location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${themeCookie}=${theme}; Path=/; Max-Age=${theme === 'system' ? 0 : 31_536_000}; SameSite=Lax${secure}`
  listeners.forEach((heard) => heard())
}
