// Writes the next migration: the difference between the schema that the migrations so far produce
// (prisma/migrations/migrated-schema.prisma) and prisma/schema. Read and complete the file before you commit it:
// policies, grants and partitions are ours to add (`SELECT protect_tenant_table('...')` for a new table).
//
//   node --import ./scripts/alias.mjs scripts/write-migration.ts add_invoices
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@/lib/db/embedded-postgres'
import { diffSchemas, readSchema } from '@/scripts/diff-schemas'

const root = fileURLToPath(new URL('..', import.meta.url))
const migrations = join(root, 'prisma/migrations')
const snapshot = join(migrations, 'migrated-schema.prisma')

const name = process.argv[2] ?? ''
if (!/^[a-z][a-z0-9_]{2,60}$/.test(name)) stop('Give the migration a name in lower case, like add_invoices.')

const before = existsSync(snapshot) ? readFileSync(snapshot, 'utf8') : null
const after = readSchema(join(root, 'prisma/schema'))
const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-diff-'))
const server = await startEmbeddedPostgres(scratch, { durable: false })
const script = await diffSchemas(server.superuserUrl(), before, after).finally(async () => {
  await server.stop()
  rmSync(scratch, { recursive: true, force: true })
})
if (script === null) stop('prisma/schema has nothing that the migrations do not have yet.')

const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
const folder = join(migrations, `${stamp}_${name}`)
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'migration.sql'), script)
writeFileSync(join(migrations, 'migration_lock.toml'), 'provider = "postgresql"\n')
writeFileSync(snapshot, after)
process.stdout.write(`Wrote prisma/migrations/${stamp}_${name}/migration.sql\n`)

function stop(sentence: string): never {
  process.stderr.write(sentence + '\n')
  process.exit(1)
}
