import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '@/e2e/harness/gatehouse-server'

/** Everything of the app that answers a request, as the file system tells it. */
export type Door = { file: string; zone: 'site' | 'admin' | 'portal' | 'gateway' | 'accounting'; /** As the address reads: `/accounts/[account]`. */ route: string }
export type RouteDoor = Door & { methods: string[] }
export type ActionDoor = { file: string; name: string }

const files = () =>
  readdirSync(join(root, 'app'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()

export const readSource = (file: string) => readFileSync(join(root, file), 'utf8')

export function listPages(): Door[] {
  return files().filter((file) => /\/page\.tsx$/.test(file)).map(doorOf)
}

export function listRoutes(): RouteDoor[] {
  return files()
    .filter((file) => /\/route\.ts$/.test(file))
    .map((file) => ({ ...doorOf(file), methods: methodsOf(readSource(file)) }))
}

/** Every export of a file that says 'use server': each is a POST endpoint (PLAT-4). */
export function listActions(): ActionDoor[] {
  return files()
    .filter((file) => /\.tsx?$/.test(file) && /^(\/\/.*\n|\s)*['"]use server['"]/.test(readSource(file)))
    .flatMap((file) => exportsOf(readSource(file)).map((name) => ({ file, name })))
}

/** Files that say 'use server' inside a function: doors no list would show. There must be none. */
export function listHiddenActions(): string[] {
  return files().filter((file) => /\.tsx?$/.test(file) && /^\s+['"]use server['"]/m.test(readSource(file)))
}

type ActionManifest = { node: Record<string, { workers: Record<string, unknown>; filename?: string; exportedName?: string }> }

/** The built actions: the id a browser calls each by, and a page it may be called from. An action nobody uses is not built. */
export function builtActions(): Map<string, { id: string; page: string }> {
  const manifest = JSON.parse(readFileSync(join(root, '.next/server/server-reference-manifest.json'), 'utf8')) as ActionManifest
  return new Map(
    Object.entries(manifest.node).map(([id, { workers, filename, exportedName }]) => {
      const pages = Object.keys(workers).sort((one, other) => one.split('[').length - other.split('[').length)
      return [`${filename}#${exportedName}`, { id, page: `${pages[0]}.tsx` }]
    }),
  )
}

export function doorOf(file: string): Door {
  const [, , zone, ...rest] = file.split('/') as [string, string, Door['zone'], ...string[]]
  // Site and accounting are one host each; elsewhere the first folder is the host's.
  const segments = (zone === 'site' || zone === 'accounting' ? rest : rest.slice(1)).slice(0, -1).filter((segment) => !/^\(.*\)$/.test(segment))
  return { file, zone, route: `/${segments.join('/')}` }
}

function methodsOf(source: string): string[] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].filter((method) => new RegExp(`export (const|async function|function) ${method}\\b|export \\{[^}]*\\b${method}\\b[^}]*\\}`).test(source))
}

function exportsOf(source: string): string[] {
  return [...source.matchAll(/^export (?:const|async function|function) (\w+)/gm)].map(([, name]) => name!)
}
