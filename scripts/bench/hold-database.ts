// Keeps the embedded database of DATA_DIR open for a process that cannot (plain `next start`); prints its URL.
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'

const urls = await openDatabase()
await migrateDatabase()
process.stdout.write(`URL ${urls.owner}\n`)
setInterval(() => {}, 60_000)
process.once('SIGTERM', () => void closeDatabase().finally(() => process.exit(0)))
