import type { Tone } from '@/components/ui/badge'
import type { ContentState } from '@/lib/portal/content/list-content'

export type ContentKind = 'layout' | 'page' | 'partial' | 'file' | 'mail'

export const kindWords: Record<ContentKind, { one: string; many: string; purpose: string }> = {
  layout: { one: 'Layout', many: 'Layouts', purpose: 'what stands around every page: head, navigation, footer' },
  page: { one: 'Page', many: 'Pages', purpose: 'what visitors and partners read' },
  partial: { one: 'Partial', many: 'Partials', purpose: 'pieces that pages and layouts share' },
  file: { one: 'File', many: 'Files', purpose: 'images, styles, scripts and fonts, served at their path' },
  mail: { one: 'E-mail template', many: 'E-mail templates', purpose: 'what partners get by mail' },
}

export const kinds = Object.keys(kindWords) as ContentKind[]

export function isKind(text: string | undefined): text is ContentKind {
  return text !== undefined && Object.hasOwn(kindWords, text)
}

export function stateWord(state: ContentState, builtIn: boolean): { tone: Tone; word: string } {
  if (state === 'published') return builtIn ? { tone: 'accent', word: 'Your version' } : { tone: 'good', word: 'Published' }
  return { built_in: { tone: 'neutral', word: 'Built-in' }, changed: { tone: 'warn', word: 'Draft changed' }, draft: { tone: 'warn', word: 'Draft' }, hidden: { tone: 'neutral', word: 'Hidden' } }[state] as { tone: Tone; word: string }
}

export function contentHref(item: { kind: ContentKind; systemName: string; fileId: number | null }): string {
  return item.fileId === null ? `/portal/content/${item.kind}/${item.systemName}` : `/portal/content/file/${item.fileId}`
}
