import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { deriveKey } from '@/lib/crypto'
import { parseEnv, SettingsError } from '@/lib/env'

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as { packages: Record<string, { version?: string }> }

describe('the floor we stand on', () => {
  it.each([
    ['next', '16.3.8'],
    ['next-auth', '4.24.15'],
    ['liquidjs', '10.27.1'],
    ['dompurify', '3.4.16'],
    ['undici', '7.24.0'],
    ['node', '24.0.0'],
  ])('PLAT-1 every %s of the lockfile is at least %s', (name, least) => {
    // A reader of API documents brings an undici of its own and is never let out with it; what we connect with is ours.
    const found = Object.entries(lock.packages).filter(([path]) => path === `node_modules/${name}` || (name !== 'undici' && path.endsWith(`/node_modules/${name}`)))
    for (const [path, { version }] of found) expect(isAtLeast(version ?? '0', least), `${path} is ${version}`).toBe(true)
    if (name !== 'dompurify') expect(found.length).toBeGreaterThan(0)
  })

  it('PLAT-1 compares versions by number', () => {
    expect(isAtLeast('10.30.1', '10.27.1')).toBe(true)
    expect(isAtLeast('16.3.7', '16.3.8')).toBe(false)
    expect(isAtLeast('16.4.0-beta.1', '16.3.8')).toBe(true)
  })

  it('PLAT-2 scripts, server and tests run on Node 24 or later, whatever the machine has', async () => {
    const { nodeBinary } = (await script('./bootstrap.mjs')) as { nodeBinary: string }
    expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24)
    const said = spawnSync(nodeBinary, ['--version'], { encoding: 'utf8' }).stdout
    expect(Number(/^v(\d+)\./.exec(said)?.[1])).toBeGreaterThanOrEqual(24)
  })

  it('PLAT-5 what Next would give away or do for others is off', async () => {
    expect(((await script('../next.config.js')) as { default: unknown }).default).toMatchObject({ poweredByHeader: false, productionBrowserSourceMaps: false, images: { unoptimized: true } })
  })
})

describe('PLAT-6 secrets', () => {
  const installation = { SITE_DOMAIN: 'gatehouse.example', ADMIN_DOMAIN: 'admin-base.example', PORTAL_DOMAIN: 'portal-base.example', GATEWAY_DOMAIN: 'gw-base.example', PUBLIC_SCHEME: 'https' }
  const key = (letter: string) => letter.repeat(48)

  it('PLAT-6 a public installation does not start without a key, with a short one or with one listed twice', () => {
    for (const SECRET_KEY of [undefined, '', 'changeme', `${key('a')},short`, `${key('a')},${key('a')}`]) expect(() => parseEnv({ ...installation, SECRET_KEY }), String(SECRET_KEY)).toThrow(SettingsError)
    expect(parseEnv({ ...installation, SECRET_KEY: `${key('a')},${key('b')}` }).secretKeys).toHaveLength(2)
  })

  it('PLAT-6 a public installation does not start on plain http', () => {
    expect(() => parseEnv({ ...installation, PUBLIC_SCHEME: 'http', SECRET_KEY: key('a') })).toThrow(/PUBLIC_SCHEME/)
  })

  it('PLAT-6 every zone and tenant has a key of its own', () => {
    const keys = ['session.admin.1', 'session.portal.1', 'session.admin.2', 'session.site', 'lookup', 'secrets'].map((purpose) => deriveKey(purpose, key('a')).toString('hex'))
    expect(new Set(keys).size).toBe(keys.length)
  })
})

/** Plain JavaScript without declarations. */
function script(path: string): Promise<unknown> {
  return import(new URL(path, import.meta.url).href)
}

function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => text.split('-')[0]!.split('.').map(Number)
  const [have, want] = [numbers(version), numbers(least)]
  for (let i = 0; i < 3; i++) if (have[i] !== want[i]) return have[i]! > want[i]!
  return true
}
