import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

// Where connections are made under the eyes of this module, or on our own sockets only.
const ALLOWED = /^lib\/(http\/|gateway\/.*forward|gateway\/upstream|throttle\/)/

it('EG-1 nothing else under lib, app and components opens connections by itself', () => {
  const wrong = ['lib', 'app', 'components'].flatMap(sources).filter((file) => !ALLOWED.test(relative(root, file)))
  expect(wrong.flatMap((file) => waysOut(file, readFileSync(file, 'utf8')))).toEqual([])
})

it('EG-1 this very check sees each way out', () => {
  for (const line of ["import http from 'node:http'", "import { request } from 'undici'", "const x = await import('https')", 'await fetch(url)', 'globalThis.fetch(url)', "import { connect } from 'node:net'", "import { connect } from 'node:tls'"])
    expect(waysOut('a.ts', line), line).toHaveLength(1)
  for (const line of ["import type { IncomingMessage } from 'node:http'", 'await egressFetch(url)', 'loader.prefetch(url)', "import { isIP } from 'node:net'"]) expect(waysOut('a.ts', line), line).toEqual([])
  expect(waysOut('a.tsx', "await fetch('/api/x')")).toEqual([])
  for (const address of ["'https://elsewhere'", "'//elsewhere'", '`${origin}/x`']) expect(waysOut('a.tsx', `await fetch(${address})`), address).toHaveLength(1)
})

function waysOut(file: string, text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (/^\s*(\/\/|\*|\/\*)/.test(line) || /^\s*import type /.test(line)) return []
    const imports = /(from|import\(|require\()\s*['"](node:)?(https?|http2|tls|dgram|undici)['"]/.test(line)
    const sockets = /(from|import\(|require\()\s*['"](node:)?net['"]/.test(line) && !/\{\s*(isIP(v4|v6)?|createServer)\s*\}/.test(line) && !/import type/.test(line)
    // A path alone is a browser asking its own site: on the server it is no address at all.
    const fetches = /(?<![\w.$])(globalThis\.)?fetch\(/.test(line) && !/fetch\(\s*['"`]\/(?!\/)/.test(line)
    return imports || sockets || fetches ? [`${relative(root, file)}: ${line.trim()}`] : []
  })
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(test|contract|fixture)\.tsx?$/.test(entry.name) && !entry.parentPath.includes('generated'))
    .map((entry) => join(entry.parentPath, entry.name))
}
