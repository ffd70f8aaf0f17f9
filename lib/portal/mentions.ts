import type { Template, TemplateStore } from '@/lib/portal/templates'

const INCLUDE = /\{%-?\s*include\s+(?:'([^']+)'|"([^"]+)"|(\S+))/g

/** The partials that a page and its layout can reach. A name that is only known while rendering reaches them all. */
export function partialsFor(store: TemplateStore, roots: Template[]): Template[] {
  const found = new Map<string, Template>()
  const waiting = [...roots]
  for (let template = waiting.pop(); template; template = waiting.pop()) {
    for (const [, single, double, dynamic] of template.source.matchAll(INCLUDE)) {
      if (dynamic !== undefined) return store.partials()
      const name = (single ?? double)!
      const partial = found.has(name) ? null : store.find('partial', name)
      if (!partial) continue
      found.set(name, partial)
      waiting.push(partial)
    }
  }
  return [...found.values()]
}

/** What the templates of a page say, so that nothing is read from the database that none of them speaks of. */
export type SourceText = { all: string; mentions: (...words: string[]) => boolean }

export function sourceText(templates: Template[]): SourceText {
  const all = templates.map((template) => template.source).join('\n')
  return { all, mentions: (...words) => words.some((word) => all.includes(word)) }
}
