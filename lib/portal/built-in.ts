import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { env } from '@/lib/env'
import { builtInTitle } from '@/lib/portal/built-in-titles'
import { perProcess } from '@/lib/per-process'

export type TemplateKind = 'layout' | 'page' | 'partial' | 'mail'

export type BuiltInTemplate = { kind: TemplateKind; systemName: string; title: string; source: string }

/** A stylesheet, script or picture of the theme, served at its path. `hash` stands in the address, so that it may be kept for ever. */
export type BuiltInAsset = { path: string; contentType: string; bytes: Uint8Array; hash: string }

type Theme = { templates: BuiltInTemplate[]; byKey: Map<string, BuiltInTemplate>; assets: Map<string, BuiltInAsset> }

const folders: Record<string, TemplateKind> = { layouts: 'layout', pages: 'page', partials: 'partial', mails: 'mail' }
const assetFolders = ['css', 'javascripts', 'images']
const contentTypes: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
}

/** Every template of the built-in theme, by kind and name. */
export function builtInTemplates(): BuiltInTemplate[] {
  return theme().templates
}

export function findBuiltIn(kind: TemplateKind, systemName: string): BuiltInTemplate | null {
  return theme().byKey.get(`${kind} ${systemName}`) ?? null
}

/** A file of the theme by its path on the portal, e.g. `/css/portal.css`. */
export function findBuiltInAsset(path: string): BuiltInAsset | null {
  return theme().assets.get(path) ?? null
}

/** The address of a file of the theme, with its hash: `/css/portal.css?v=3f2a…`. The plain path where there is none. */
export function builtInAssetUrl(path: string): string {
  const asset = findBuiltInAsset(path)
  return asset ? `${path}?v=${asset.hash}` : path
}

function theme(): Theme {
  // Who works on the theme wants to see every change.
  return env().NODE_ENV === 'development' ? readTheme() : perProcess('portalTheme', readTheme)
}

function readTheme(): Theme {
  const root = findTheme()
  const templates = Object.entries(folders).flatMap(([folder, kind]) =>
    filesBelow(join(root, folder), '.liquid').map(({ name, text }) => ({ kind, systemName: name, title: builtInTitle(kind, name), source: text })),
  )
  const assets = assetFolders.flatMap((folder) => filesBelow(join(root, folder)).map(({ name, bytes }): BuiltInAsset => {
    const contentType = contentTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    return { path: `/${folder}/${name}`, contentType, bytes, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16) }
  }))
  return { templates, byKey: new Map(templates.map((each) => [`${each.kind} ${each.systemName}`, each])), assets: new Map(assets.map((each) => [each.path, each])) }
}

function filesBelow(folder: string, suffix = ''): { name: string; bytes: Buffer; text: string }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix) && !entry.name.startsWith('.') && !entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => {
      const bytes = readFileSync(file)
      const name = relative(folder, file).split(sep).join('/')
      return { name: suffix ? name.slice(0, -suffix.length) : name, bytes, text: bytes.toString('utf8') }
    })
}

/** Beside the sources, beside `dist/`, or below the working folder where a bundle does not know its place. */
function findTheme(): string {
  for (const from of [import.meta.dirname, process.cwd()].filter((folder) => folder !== undefined))
    for (let step = from; ; step = dirname(step)) {
      const folder = join(step, 'lib', 'portal', 'theme')
      if (existsSync(join(folder, 'layouts'))) return folder
      if (step === dirname(step)) break
    }
  throw new Error('lib/portal/theme was not found beside the program.')
}
