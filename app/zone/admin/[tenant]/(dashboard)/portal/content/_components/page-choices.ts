import type { SelectOption } from '@/components/ui/select'

export type LayoutChoice = { systemName: string; title: string }

export function layoutOptions(layouts: LayoutChoice[]): SelectOption[] {
  return [...layouts.map(({ systemName, title }) => ({ value: systemName, label: title || systemName })), { value: '', label: 'None: the page is the whole answer' }]
}

/** `pageContentTypes` of lib/cms/schema, in words. */
export const contentTypeOptions: SelectOption[] = [
  { value: 'text/html', label: 'HTML' },
  { value: 'text/plain', label: 'Plain text' },
  { value: 'text/css', label: 'CSS' },
  { value: 'text/javascript', label: 'JavaScript' },
  { value: 'application/json', label: 'JSON' },
  { value: 'application/xml', label: 'XML' },
  { value: 'application/rss+xml', label: 'RSS' },
]
