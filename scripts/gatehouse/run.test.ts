import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'
import { testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { removeServerNote, writeServerNote } from '@/lib/http/server-note'
import { findTenantIdByProviderKey } from '@/lib/tenants/provider-key'
import { verifyPassword } from '@/lib/passwords/hash-password'
import { runGatehouse } from '@/scripts/gatehouse/run'

const twitter = new URL('../../e2e/data/twitter-rest-1.1.openapi.json', import.meta.url)
const password = 'correct horse battery'

async function gatehouse(args: string[], input = '') {
  const printed: string[] = []
  const complaints: string[] = []
  const code = await runGatehouse(args, { readInput: async () => input, print: (line) => void printed.push(line), complain: (line) => void complaints.push(line) })
  return { code, printed: printed.join('\n'), complaint: complaints.join('\n'), json: () => JSON.parse(printed.join('\n')) as Record<string, never> }
}

const create = (slug: string, ...more: string[]) => ['tenant', 'create', '--slug', slug, '--org', 'Acme Inc', '--email', `ada.lovelace@${slug}.example`, ...more]

describe('the command line', { timeout: 180_000 }, () => {
  testDatabase()
  let folder: string
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'))))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('makes a tenant that is ready: e-mail confirmed, access token, service token and provider key that work', async () => {
    const { code, json, complaint } = await gatehouse([...create('acme'), '--password-stdin', '--json'], `${password}\n`)
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' })
    const found = json() as unknown as Record<'admin' | 'portal' | 'accounting', Record<string, string>>
    expect(found).toMatchObject({
      admin: { url: 'http://acme.admin.localhost:3000', email: 'ada.lovelace@acme.example', password, access_token: expect.stringMatching(/^at_/) },
      portal: { url: 'http://acme.portal.localhost:3000' },
      accounting: { url: 'http://accounting.gw.localhost:3000', service_id: expect.stringMatching(/^\d+$/), service_token: expect.stringMatching(/^st_/), provider_key: expect.stringMatching(/^pk_/) },
    })
    const member = await systemDb('test of the command line').member.findFirstOrThrow({ where: { emailNormal: 'ada.lovelace@acme.example' } })
    expect(member).toMatchObject({ name: 'Ada Lovelace', state: 'active', role: 'admin' })
    expect(await verifyPassword(member.passwordHash, password)).toBe(true)
    expect(await findTenantIdByProviderKey(found.accounting.provider_key!)).toBe(member.tenantId)
    const product = await systemDb('test of the command line').product.findFirstOrThrow({ where: { tenantId: member.tenantId } })
    expect(String(product.id)).toBe(found.accounting.service_id)
  })

  it('prints the port of the server that runs on the data folder', async () => {
    writeServerNote(env().DATA_DIR, { pid: process.pid, port: 4567 })
    try {
      const { json } = await gatehouse([...create('beside'), '--password', password, '--json'])
      expect(json()).toMatchObject({ admin: { url: 'http://beside.admin.localhost:4567' }, accounting: { url: 'http://accounting.gw.localhost:4567' } })
    } finally {
      removeServerNote(env().DATA_DIR)
    }
  })

  it('lists tenants, for people and for programs', async () => {
    expect((await gatehouse(['tenant', 'list'])).printed).toMatch(/^SLUG +ORGANISATION +STATE +DASHBOARD\nacme +Acme Inc +active +http:\/\/acme\.admin\.localhost:\d+\n/)
    expect((await gatehouse(['tenant', 'list', '--json'])).json()).toMatchObject([{ slug: 'acme', org: 'Acme Inc', state: 'active' }, { slug: 'beside' }])
  })

  it('imports a description: first told, then done, and the second time there is nothing to do', async () => {
    const file = ['--file', twitter.pathname]
    const to = ['import', 'openapi', '--tenant', 'acme', '--product', 'api']
    const methods = () => systemDb('test of the command line').metric.count({ where: { parentId: { not: null } } })
    const told = (await gatehouse([...to, ...file, '--dry-run', '--json'])).json() as unknown as { created: unknown[] }
    expect(told).toMatchObject({ dry_run: true, document: { operations: 83 }, base_url_suggestion: 'https://api.twitter.com' })
    expect(told.created).toHaveLength(83)
    expect(await methods()).toBe(0)

    expect(await gatehouse([...to, '-'], readFileSync(twitter, 'utf8'))).toMatchObject({ code: 0, printed: expect.stringContaining('Methods of API: 83 created.') })
    expect(await methods()).toBe(83)
    expect((await gatehouse([...to, ...file])).printed).toContain('83 unchanged')
  })

  it.each([
    ['no such command', ['frobnicate'], 'There is no command "frobnicate". There are: tenant create, tenant list, import openapi, migrate.'],
    ['half a command', ['tenant'], '"tenant" goes with: create, list.'],
    ['what is missing', ['tenant', 'create', '--slug', 'x'], '--org and --email are missing.'],
    ['an unknown option', ['tenant', 'list', '--all'], 'There is no option --all.'],
    ['a word too many', ['tenant', 'list', 'acme'], '"acme" is one word too many.'],
    ['an option without its value', ['tenant', 'create', '--slug'], '--slug needs a value.'],
    ['an option twice', ['tenant', 'list', '--json', '--json'], '--json is there twice.'],
    ['no password', create('other'), 'Give the password with --password or --password-stdin, one of the two.'],
    ['two passwords', [...create('other'), '--password', password, '--password-stdin'], 'Give the password with --password or --password-stdin, one of the two.'],
    ['a weak password', [...create('other'), '--password', 'short'], '--password: Use at least 12 characters. A few words in a row work well.'],
    ['a taken subdomain', [...create('acme'), '--password', password], '--slug: This name is taken. Choose another.'],
    ['a wrong e-mail', [...create('a b'), '--password', password], '--email: Write an address like name@example.com.'],
    ['no document', ['import', 'openapi', '--tenant', 'acme', '--product', 'api'], 'Name the document with --file or --url, or send it on the standard input with -, one of the three.'],
    ['a missing file', ['import', 'openapi', '--tenant', 'acme', '--product', 'api', '--file', '/nowhere.json'], 'The file /nowhere.json is not there.'],
    ['an unknown tenant', ['import', 'openapi', '--tenant', 'nobody', '--product', 'api', '-'], 'There is no tenant "nobody".'],
    ['an unknown product', ['import', 'openapi', '--tenant', 'acme', '--product', 'no', '-'], 'Acme Inc has no product with the system name "no".'],
    ['an unknown naming', ['import', 'openapi', '--tenant', 'acme', '--product', 'api', '--naming', 'x', '-'], '--naming is "path" or "summary".'],
    ['an empty document', ['import', 'openapi', '--tenant', 'acme', '--product', 'api', '-'], 'The document is empty.'],
    ['EG-3 an address of our own network', ['import', 'openapi', '--tenant', 'acme', '--product', 'api', '--url', 'http://127.0.0.1/openapi.json'], '--url: This address cannot be used from here.'],
  ])('says in one line what is wrong and ends with 1: %s', async (_, args, sentence) => {
    const { code, printed, complaint } = await gatehouse(args)
    expect({ code, printed, complaint }).toEqual({ code: 1, printed: '', complaint: sentence })
  })

  it('names line and reason of a broken file and changes nothing', async () => {
    const file = join(folder, 'broken.json')
    writeFileSync(file, '{\n  "openapi": "3.0.0",\n  "info": {\n')
    const { code, complaint } = await gatehouse(['import', 'openapi', '--tenant', 'acme', '--product', 'api', '--file', file])
    expect(code).toBe(1)
    expect(complaint).toMatch(/^Line \d+: Not valid JSON/)
  })

  it('explains itself', async () => {
    const list = await gatehouse([])
    expect(list).toMatchObject({ code: 0, printed: (await gatehouse(['help'])).printed })
    expect(list.printed).toContain('import openapi')
    const { printed } = await gatehouse(['help', 'tenant', 'create'])
    expect(printed).toContain('--password-stdin')
    expect((await gatehouse(['tenant', 'create', '--help'])).printed).toBe(printed)
  })
})
