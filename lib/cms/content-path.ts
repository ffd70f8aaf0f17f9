/**
 * Where tenants' pages and files may answer on their portal (LQ-5). What the portal itself answers comes first, so a
 * path under one of its own would never be reached, or worse, be taken for ours.
 */
const ownRoutes = [
  '/calls',
  '/admin', '/session', '/login', '/logout', '/logged_out', '/signup', '/activate', '/access_code', '/search', '/forum', '/api', '/api_docs', '/swagger', '/swagger-ui', '/_next', '/auth', '/oauth', '/.well-known',
  '/buyer', '/zone', '/healthz', '/readyz', '/metrics',
]

/** Built-in pages: their text is changed where they are listed, not by a page beside them. */
const builtInPages = ['/', '/docs', '/plans', '/terms', '/privacy', '/refunds']

/** Served for every host before any portal is asked, or made by the portal. */
const ownFiles: Record<string, string> = {
  '/robots.txt': 'The portal writes /robots.txt by itself and names its sitemap in it.',
  '/sitemap.xml': 'The portal writes /sitemap.xml by itself: it lists your published pages.',
  '/favicon.ico': 'Browsers ask every site for /favicon.ico, so we answer it. Upload yours as /images/icon.ico and name it in the <head> of the layout.',
  '/favicon.svg': 'This name is taken by the portal itself. Choose another, for example /images/icon.svg.',
  '/apple-touch-icon.png': 'This name is taken by the portal itself. Choose another, for example /images/apple-touch-icon.png.',
}

const pathMax = 200

/** `/guides/` and ` /guides` are `/guides`: what people mean. */
export function normalPath(text: string): string {
  const path = text.trim()
  return path.length > 1 && path.endsWith('/') && !path.endsWith('//') ? path.slice(0, -1) : path
}

/**
 * Why nothing may stand at this path, in words for who typed it; null where it may. Plain letters only: whatever a
 * browser, a proxy or a decoder might read in two ways (`%2e`, `\`, `;`, other scripts) is no path.
 */
export function pathProblem(path: string): string | null {
  if (!path.startsWith('/')) return 'Begin the path with /, for example /images/icon.ico.'
  if (path.length > pathMax) return `Use at most ${pathMax} characters.`
  if (!/^[A-Za-z0-9/._~@+-]+$/.test(path)) return 'Use letters, digits, / and . - _ ~ @ + only; no spaces, no % and no accents.'
  if (path !== '/' && path.split('/').slice(1).some((segment) => segment === '')) return 'Two slashes stand together, or one at the end. Write /guides/start.'
  if (path.split('/').some((segment) => segment.startsWith('.'))) return 'No part of the path may begin with a dot.'
  const lower = path.toLowerCase()
  if (ownFiles[lower]) return ownFiles[lower]
  const bare = lower.replace(/\.html?$/, '')
  if (builtInPages.includes(bare) || lower.startsWith('/docs/')) return 'A built-in page answers here. Open it in the list of pages and publish your version of it.'
  const route = ownRoutes.find((own) => lower === own || lower.startsWith(`${own}/`) || lower.startsWith(`${own}.`))
  return route ? `The portal itself answers below ${route}. Choose another path.` : null
}
