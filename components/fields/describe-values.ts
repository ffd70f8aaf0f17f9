import type { Description } from '@/components/ui/card'

type Described = { id: number; name: string; label: string }

/** Fields with their values for a list of facts; `except` stands elsewhere on the page. */
export function describeValues(fields: Described[], values: Record<string, string | string[]>, except: string[] = []): Description[] {
  return fields.filter(({ name }) => !except.includes(name)).map(({ name, label }) => ({ label, value: [values[name] ?? ''].flat().join(', ') }))
}
