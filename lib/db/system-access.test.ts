import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Who works across tenants by its nature. Everything else has `ctx.db`. A new line here wants a reason. */
const ACROSS_TENANTS = [
  'lib/db/', // the database layer itself
  'lib/events/follow-changes.ts',
  'lib/events/prune-changes.ts',
  'lib/http/health.ts', // is the database there
  'lib/jobs/', // outbox, schedules
  'lib/worker/',
  'lib/mail/', // the queue of all tenants' mail
  'lib/metering/', // the journal's booking
  'lib/gateway/load-', // config load
  'lib/zones/', // host look-up
  'lib/tenants/', // before the tenant is known: hosts, sessions, sign-in, tokens
  'lib/onboarding/', // makes tenants
  'scripts/',
  'server.ts',
]
const RAW = /from '(@\/lib\/db\/(system-db|pools|generated\/client)|@prisma\/adapter-pg|pg|pg-boss)'/

describe('ISO-4', () => {
  it('ISO-2 ISO-4 the bare clients are imported in the few named places only', () => {
    const offenders = sourceFiles()
      .filter((file) => !ACROSS_TENANTS.some((place) => file.startsWith(place)))
      .flatMap((file) => importsOf(file).filter((line) => RAW.test(line) && !/^import type /.test(line) && !isNamespaceOnly(line)).map((line) => `${file}: ${line}`))
    expect(offenders).toEqual([])
  })

  it('ISO-4 no page, action or component reaches the system database, not even by a type', () => {
    const doors = sourceFiles().filter((file) => /^(app|components)\/|^middleware\.ts$/.test(file))
    expect(doors.filter((file) => importsOf(file).some((line) => /lib\/db\/(system-db|pools|tenant-pool|connect|embedded-postgres|migrate)'/.test(line)))).toEqual([])
  })

  it('ISO-4 the embedded server and its launcher never enter the Next bundle: only connect.ts loads it, when it runs', () => {
    const users = sourceFiles().filter((file) => /lib\/db\/embedded-postgres'/.test(readFileSync(join(root, file), 'utf8')) && !file.startsWith('scripts/'))
    expect(users.sort()).toEqual(['lib/db/connect.ts', 'lib/db/test-database.ts'])
    expect(importsOf('lib/db/connect.ts').filter((line) => line.includes('embedded-postgres') && !line.startsWith('import type'))).toEqual([])
  })

  it('ISO-4 the system database wants a reason', () => {
    for (const reason of ['', '   ', 'x']) expect(() => systemDb(reason)).toThrow('reason')
  })
})

/** The `Prisma` namespace (JSON nulls, sql``) brings no connection. */
const isNamespaceOnly = (line: string) => /^import \{ Prisma \} from '@\/lib\/db\/generated\/client'/.test(line)

function importsOf(file: string): string[] {
  return readFileSync(join(root, file), 'utf8').split('\n').filter((line) => /^import /.test(line))
}

function sourceFiles(): string[] {
  const files = ['app', 'components', 'lib', 'scripts'].flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name))) : [],
  )
  return [...files, 'server.ts', 'middleware.ts'].filter((file) => /\.tsx?$/.test(file) && !/\.(test|contract|fixture)\.tsx?$/.test(file) && !file.startsWith('lib/db/generated/') && existsSync(join(root, file)))
}
