import { withoutBlocks } from '@/lib/cms/without-blocks'
import { dropList, type LiquidObject } from '@/lib/liquid/values'
import { drop, typedText } from '@/lib/liquid/values'
import { paginationDrop } from '@/lib/portal/assigns/pagination-drop'
import { markupPieces } from '@/lib/portal/markup-pieces'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'
import { openTemplates } from '@/lib/portal/templates'

const PAGE_SIZE = 20
const QUERY_MAX = 200

type Hit = { title: string; kind: string; url: string; description: string }

/** Search over what the portal publishes, and the two files that search engines ask for. */
export const searchRoutes: PortalRoute[] = [
  { method: 'GET', path: '/search', who: 'anyone', handle: showSearch },
  { method: 'GET', path: '/search.json', who: 'anyone', handle: async (visit, request) => ({ kind: 'json', body: await search(visit, queryOf(request)) }) },
  { method: 'GET', path: '/robots.txt', who: 'anyone', handle: async (visit) => ({ kind: 'content', contentType: 'text/plain; charset=utf-8', body: `User-agent: *\nDisallow: /admin\nDisallow: /session\nDisallow: /activate\nDisallow: /search\nDisallow: /buyer\nSitemap: ${visit.origin}/sitemap.xml\n` }) },
  { method: 'GET', path: '/sitemap.xml', who: 'anyone', handle: showSitemap },
]

async function showSearch(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const query = queryOf(request)
  const hits = await search(visit, query)
  const page = Math.max(1, Math.floor(Number(request.query.get('page'))) || 1)
  const shown: LiquidObject[] = hits.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((hit, at) => drop('search_result', at, { ...hit }, hit.title))
  return {
    kind: 'page',
    page: 'search/index',
    assigns: {
      search: drop('search', 'search', { query: typedText(query), total_found: hits.length, results: dropList(shown) }),
      pagination: paginationDrop({ path: '/search', query: query ? `q=${encodeURIComponent(query)}` : '', page, pageSize: PAGE_SIZE, total: hits.length }),
    },
  }
}

/** Every word somewhere in title or text; pages of the tenant's own, documents, products. Hidden things are in none of them. */
async function search(visit: Visit, query: string): Promise<Hit[]> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const { db } = visit.ctx
  const [store, specs] = await Promise.all([openTemplates(visit), db.apiSpec.findMany({ where: { published: true }, orderBy: { id: 'asc' }, select: { name: true, systemName: true, description: true, product: { select: { name: true } } } })])
  const pages = store.ownPages().filter((page) => page.contentType === 'text/html').map((page) => ({ title: page.title, kind: 'page', url: page.path!, text: plainText(page.source) }))
  const documents = specs.map((spec) => ({ title: spec.name, kind: 'document', url: `/docs/${spec.systemName}`, text: `${spec.description} ${spec.product.name}` }))
  return [...documents, ...pages]
    .filter(({ title, text }) => words.every((word) => title.toLowerCase().includes(word) || text.toLowerCase().includes(word)))
    .map(({ text, ...hit }) => ({ ...hit, description: excerpt(text, words[0]!) }))
}

async function showSitemap(visit: Visit): Promise<PortalAnswer> {
  const [store, specs] = await Promise.all([openTemplates(visit), visit.ctx.db.apiSpec.findMany({ where: { published: true }, orderBy: { id: 'asc' }, select: { systemName: true } })])
  const own = store.ownPages().filter((page) => page.contentType === 'text/html').map((page) => page.path!)
  const paths = ['/', '/docs', ...specs.map(({ systemName }) => `/docs/${systemName}`), '/plans', ...(visit.settings.signupsEnabled ? ['/signup'] : []), ...own]
  const urls = paths.map((path) => `  <url><loc>${visit.origin}${path.replace(/&/g, '&amp;')}</loc></url>`)
  return { kind: 'content', contentType: 'application/xml; charset=utf-8', body: `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('\n')}\n</urlset>\n` }
}

const queryOf = (request: PortalRequest) => (request.query.get('q') ?? '').trim().slice(0, QUERY_MAX)

// Anybody may ask, and every page is read for it: of a very long one the beginning is enough.
const READ_MAX = 50_000

/**
 * What every reader of the page sees, roughly: no Liquid, no markup, and nothing that stands behind a condition. Who may
 * read that, only rendering tells: `{% if current_user %}` keeps it from visitors on the page and so does the search.
 */
export function plainText(source: string): string {
  const markup = withoutBlocks(unconditional(source.slice(0, READ_MAX)), /\{\{/g, /\}\}/g)
  return [...markupPieces(markup)].map(({ kind, text }) => (kind === 'text' ? text : ' ')).join('').replace(/\s+/g, ' ').trim()
}

const blocks = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'ifchanged', 'capture', 'content_for', 'comment'])

function unconditional(source: string): string {
  let kept = ''
  let depth = 0
  for (let at = 0; ; ) {
    const open = source.indexOf('{%', at)
    const end = open === -1 ? -1 : source.indexOf('%}', open)
    if (depth === 0) kept += `${source.slice(at, end === -1 ? source.length : open)} `
    if (end === -1) return kept
    const word = /^\{%-?\s*(\w+)/.exec(source.slice(open, open + 100))?.[1] ?? ''
    if (blocks.has(word)) depth++
    else if (word.startsWith('end') && blocks.has(word.slice(3))) depth = Math.max(0, depth - 1)
    at = end + 2
  }
}

function excerpt(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 60)
  return (at > 0 ? '… ' : '') + text.slice(at, at + 180) + (text.length > at + 180 ? ' …' : '')
}
