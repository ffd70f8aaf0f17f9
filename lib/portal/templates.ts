import { readPortalSources } from '@/lib/cms/queries'
import { builtInTemplates, findBuiltIn, type TemplateKind } from '@/lib/portal/built-in'
import type { Visit } from '@/lib/portal/portal-route'

/** A template as it is rendered: the tenant's where there is one, else the built-in. */
export type Template = { kind: TemplateKind; systemName: string; title: string; path: string | null; layoutName: string | null; contentType: string; liquid: boolean; source: string; own: boolean }

export type TemplateStore = {
  find(kind: TemplateKind, systemName: string): Template | null
  /** A page of the tenant's own. */
  findByPath(path: string): Template | null
  /** Every path of a page of the tenant's own, for the sitemap and the search. */
  ownPages(): Template[]
  partials(): Template[]
}

/** The templates of one tenant in one version, published or draft (a preview is only another store). One query. */
export async function openTemplates(visit: Visit): Promise<TemplateStore> {
  const { templates } = await readPortalSources(visit.ctx, { draft: visit.preview })
  const own = new Map<string, Template>()
  const byPath = new Map<string, Template>()
  for (const row of templates) {
    const kind = row.kind as TemplateKind
    const builtIn = findBuiltIn(kind, row.systemName)
    const template: Template = {
      kind,
      systemName: row.systemName,
      title: row.title || builtIn?.title || row.systemName,
      path: row.path,
      layoutName: row.layoutName,
      contentType: row.contentType,
      liquid: row.liquid,
      source: row.body,
      own: true,
    }
    // A page of the tenant's own has a path and never stands in for a built-in one, whatever it is called.
    if (row.path === null) own.set(`${kind} ${row.systemName}`, template)
    else byPath.set(row.path, template)
  }
  const find = (kind: TemplateKind, systemName: string) => own.get(`${kind} ${systemName}`) ?? factoryTemplate(kind, systemName)
  return {
    find,
    findByPath: (path) => byPath.get(path) ?? null,
    ownPages: () => [...byPath.values()].filter((template) => template.kind === 'page'),
    partials: () => {
      const names = new Set([...own.values(), ...builtInTemplates()].filter((each) => each.kind === 'partial').map((each) => each.systemName))
      return [...names].map((name) => find('partial', name)!)
    },
  }
}

function factoryTemplate(kind: TemplateKind, systemName: string): Template | null {
  const builtIn = findBuiltIn(kind, systemName)
  if (!builtIn) return null
  const layoutName = kind !== 'page' ? null : systemName.startsWith('errors/') ? 'error' : 'main_layout'
  return { kind, systemName, title: builtIn.title, path: null, layoutName, contentType: 'text/html', liquid: true, source: builtIn.source, own: false }
}
