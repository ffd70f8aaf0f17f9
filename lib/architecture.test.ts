import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Top to bottom: a folder may import what stands on lines above its own, and on its own line what stands to its left. */
const lines: string[][] = [
  ['env', 'errors', 'clock', 'ids', 'crypto', 'logger', 'per-process', 'is-alive', 'free-port', 'empty'],
  ['db', 'http', 'events', 'redis', 'throttle', 'zones', 'jobs', 'passwords'],
  ['tenants', 'fields', 'accounts', 'products', 'backends', 'plans', 'applications', 'metering', 'calls', 'oauth', 'analytics', 'domains', 'cms', 'activedocs', 'webhooks', 'mail'],
  ['gateway', 'accounting', 'liquid', 'portal', 'onboarding', 'self-managed', 'worker'],
  ['management'],
  ['request'],
]

const placeOf = new Map(lines.flatMap((names, line) => names.map((name, column) => [name, { line, column }] as const)))

/** What one part may know of another beyond the order, with the reason. */
const exceptions = new Set([
  // The snapshot's and the record's shapes are types that both sides of the gateway share.
  'metering -> products',
  // Which calendar periods there are: a pure list that limits and counters share.
  'plans -> metering',
  // A product is born with its test application, whose keys are hashed and sealed like every other's.
  'products -> applications',
])

describe('imports run one way', () => {
  const found = sourceFiles('lib').flatMap((file) => importsOf(file).map((target) => ({ file, from: folderOf(file), target })))

  it('every folder of lib has its place in the order', () => {
    const unknown = new Set(found.map(({ from }) => from).filter((name) => !placeOf.has(name)))
    expect([...unknown]).toEqual([])
  })

  it('no file of lib imports what stands below it', () => {
    const wrong = found.filter(({ from, target }) => {
      const own = placeOf.get(from)
      const other = placeOf.get(target)
      if (!own || !other || from === target || exceptions.has(`${from} -> ${target}`)) return false
      if (own.line === 0 || own.line === 1) return other.line > own.line
      return other.line > own.line || (other.line === own.line && own.line === 2 && other.column > own.column)
    })
    expect(wrong.map(({ file, target }) => `${relative(root, file)} imports lib/${target}`)).toEqual([])
  })

  it('lib/gateway imports neither Next nor React', () => {
    const wrong = sourceFiles('lib/gateway').filter((file) => /from ['"](next|react)(\/|['"])/.test(readFileSync(file, 'utf8')))
    expect(wrong).toEqual([])
  })

  it('client components import nothing that reaches the database', () => {
    const clients = [...sourceFiles('app'), ...sourceFiles('components')].filter((file) => /^['"]use client['"]/.test(readFileSync(file, 'utf8')))
    const wrong = clients.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^import (?!type)[^\n]*from ['"]@\/lib\/(db|events|jobs|request|http|crypto|env)[/'"]/gm)].map((match) => `${relative(root, file)}: ${match[0]}`),
    )
    expect(wrong).toEqual([])
  })
})

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(test|contract)\.tsx?$|^test-database\.ts$/.test(entry.name) && !entry.parentPath.includes('generated'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function folderOf(file: string): string {
  return relative(join(root, 'lib'), file).split(/[\\/]/)[0]!.replace(/\.tsx?$/, '')
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*['"]@\/lib\/([a-z-]+)/g)].map((match) => match[1]!).filter((name, index, all) => all.indexOf(name) === index)
}
