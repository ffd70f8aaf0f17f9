import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Operation = { verb: string; path: string }

/** The 83 operations of the real document the demo imports. */
export function readOperations(): Operation[] {
  const file = join(fileURLToPath(new URL('../..', import.meta.url)), 'e2e/data/twitter-rest-1.1.openapi.json')
  const document = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
  const verbs = ['get', 'post', 'put', 'delete', 'patch']
  return Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).filter((verb) => verbs.includes(verb)).map((verb) => ({ verb: verb.toUpperCase(), path })))
}

/** So many of them: the real ones first, the one every call makes among them, then others of the same kind. */
export function operationsOf(count: number): Operation[] {
  const real = readOperations()
  const called = real.find(({ path }) => path === '/statuses/home_timeline.json')!
  const rest = real.filter((each) => each !== called)
  const more = Array.from({ length: Math.max(0, count - real.length) }, (_, i) => ({ verb: 'GET', path: `/more/${i}/{id}/parts/{part}.json` }))
  return [...rest, ...more].slice(0, count - 1).concat(called)
}
