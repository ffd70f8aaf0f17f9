import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Liquid } from 'liquidjs'

/** The pages of the built-in theme. */
export type PortalPage = 'home' | 'not-found'

/** Plain values only: a template can read whatever stands here. */
export type HomeAssigns = {
  provider: { name: string }
  products: { name: string; description: string; methods: number; base_url: string | null }[]
}
export type PortalAssigns = { provider: { name: string } } & Partial<HomeAssigns>

/**
 * A page, then the layout around it. Output is escaped unless a template says `raw`, which ours does for its own CSS
 * and for the page that was just rendered. The theme is ours; what tenants write will be rendered elsewhere.
 */
export async function renderPage(page: PortalPage, title: string, assigns: PortalAssigns): Promise<string> {
  const { engine, css } = theme()
  const content: string = await engine.renderFile(page, assigns)
  return engine.renderFile('layout', { ...assigns, title, css, content })
}

let made: { engine: Liquid; css: string } | undefined

function theme() {
  if (made) return made
  const root = findTheme()
  made = {
    engine: new Liquid({
      root,
      extname: '.liquid',
      cache: true,
      outputEscape: 'escape',
      ownPropertyOnly: true,
      strictFilters: true,
      parseLimit: 100_000,
      renderLimit: 1_000,
      memoryLimit: 10_000_000,
    }),
    css: readFileSync(join(root, 'theme.css'), 'utf8'),
  }
  return made
}

// Beside the sources in tests, below the working folder when bundled.
function findTheme(): string {
  for (const from of [import.meta.dirname, process.cwd()].filter((folder) => folder !== undefined))
    for (let step = from; ; step = dirname(step)) {
      const folder = join(step, 'lib', 'portal', 'theme')
      if (existsSync(join(folder, 'layout.liquid'))) return folder
      if (step === dirname(step)) break
    }
  throw new Error('lib/portal/theme was not found beside the program.')
}
