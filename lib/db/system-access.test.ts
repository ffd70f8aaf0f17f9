import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Who works across tenants by its nature, and why. Everything else has `ctx.db`. A new line here wants a reason. */
const ACROSS_TENANTS: Record<string, string> = {
  'lib/accounting/load-accounting.ts': 'services and keys of whoever is asked about',
  'lib/analytics/find-limit-alerts.ts': 'limits of every tenant that were reached',
  'lib/calls/keep-calls-tidy.ts': 'recent calls that are past keeping, of all',
  'lib/domains/check-domain.ts': 'what is due to be looked up, of all',
  'lib/domains/reserved-names.ts': 'names that are free for nobody',
  'lib/events/follow-changes.ts': 'news of every tenant',
  'lib/events/prune-changes.ts': 'old news of every tenant',
  'lib/gateway/load-gateway.ts': 'config and live data of whoever is called',
  'lib/gateway/simulation-parts.ts': 'a gateway that only looks, where none runs',
  'lib/http/health.ts': 'is the database there',
  'lib/jobs/dead-letters.ts': 'the queue belongs to nobody',
  'lib/jobs/relay-events.ts': 'the outbox of all',
  'lib/jobs/run-worker-once.ts': 'whether anything of all is due',
  'lib/jobs/start-worker.ts': 'the queue belongs to nobody',
  'lib/jobs/with-lock.ts': 'locks of the installation',
  'lib/mail/list-mailbox.ts': 'the mailbox of a local installation',
  'lib/mail/send-mail.ts': 'the queue of all mail',
  'lib/metering/claim-single-process.ts': 'a lock of the installation',
  'lib/metering/create-metering.ts': 'usage of all is booked by one',
  'lib/metering/drain-journal.ts': 'usage of all is booked by one',
  'lib/metering/keep-metering-tidy.ts': 'partitions, and what is past keeping',
  'lib/oauth/keep-oauth-tidy.ts': 'what is past keeping, of all',
  'lib/onboarding/sign-up-tenant.ts': 'makes tenants',
  'lib/request/serve-under-next.ts': 'opens and closes the database where server.ts does not',
  'lib/tenants/check-slug.ts': 'whether a name is taken',
  'lib/tenants/portal-url.ts': 'where a portal lives, asked before there is a context',
  'lib/tenants/provider-key.ts': 'whose key it is',
  'lib/tenants/queries.ts': 'which tenant a host or a name means',
  'lib/tenants/sessions.ts': 'whose session it is',
  'lib/tenants/sign-in-failures.ts': 'one address tries many tenants',
  'lib/webhooks/send-deliveries.ts': 'the queue of all webhooks',
  'lib/worker/end-due-keys-of-all.ts': 'keys of every tenant whose time is up',
  'lib/worker/worker-plan.ts': 'what is past keeping, of all',
  'lib/zones/resolve-host.ts': 'whose host it is',
  'scripts/bench/modes.ts': 'a hundred thousand applications at once, for measuring',
  'scripts/bench/world.ts': 'a hundred products at once, for measuring',
  'scripts/demo/load-partners.ts': 'a month of sample usage',
  'scripts/diff-schemas.ts': 'compares schemas, reads no rows',
}
const RAW = /from '(@\/lib\/db\/(system-db|pools|generated\/client)|@prisma\/adapter-pg|pg|pg-boss)'/

describe('ISO-4', () => {
  it('ISO-2 ISO-4 the bare clients are imported in the few named places only', () => {
    const users = sourceFiles().filter((file) => !file.startsWith('lib/db/') && importsOf(file).some((line) => RAW.test(line) && !/^import type /.test(line) && !isNamespaceOnly(line)))
    expect(users.toSorted()).toEqual(Object.keys(ACROSS_TENANTS).toSorted())
  })

  it('ISO-4 no page, action or component reaches the system database, not even by a type', () => {
    const doors = sourceFiles().filter((file) => /^(app|components)\/|^middleware\.ts$/.test(file))
    expect(doors.filter((file) => importsOf(file).some((line) => /lib\/db\/(system-db|pools|tenant-pool|connect|embedded-postgres|migrate)'/.test(line)))).toEqual([])
  })

  it('ISO-4 the embedded server and its launcher never enter the Next bundle: only connect.ts loads it, when it runs', () => {
    const users = sourceFiles().filter((file) => /lib\/db\/embedded-postgres'/.test(readFileSync(join(root, file), 'utf8')) && !file.startsWith('scripts/'))
    expect(users.sort()).toEqual(['lib/db/connect.ts', 'lib/db/test-database.ts'])
    expect(importsOf('lib/db/connect.ts').filter((line) => line.includes('embedded-postgres') && !/^import( type|\(\)) /.test(line))).toEqual([])
  })

  it('ISO-4 the system database wants a reason', () => {
    for (const reason of ['', '   ', 'x']) expect(() => systemDb(reason)).toThrow('reason')
  })
})

/** The `Prisma` namespace (JSON nulls, sql``) brings no connection. */
const isNamespaceOnly = (line: string) => /^import \{ Prisma \} from '@\/lib\/db\/generated\/client'/.test(line)

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  // Over several lines as well, and where the file is loaded only when it runs.
  return [...text.matchAll(/^import [^;'"]*?from '[^']+'|\bimport\('[^']+'\)/gm)].map(([found]) => found.replace(/\s+/g, ' ').replace(/^import\((.*)\)$/, 'import() from $1'))
}

function sourceFiles(): string[] {
  const files = ['app', 'components', 'lib', 'scripts'].flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name))) : [],
  )
  return [...files, 'server.ts', 'middleware.ts'].filter((file) => /\.tsx?$/.test(file) && !/\.(test|contract|fixture)\.tsx?$/.test(file) && !file.startsWith('lib/db/generated/') && existsSync(join(root, file)))
}
