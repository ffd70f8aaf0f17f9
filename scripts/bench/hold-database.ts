// Keeps the embedded database of DATA_DIR open for a process that cannot (plain `next start`); prints its URL.
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'

const opening = openDatabase()
let closing: Promise<void> | undefined
// Ctrl-C reaches every process of the bench, and the one that began it says SIGTERM besides. A server that is just
// starting can only be stopped once it stands.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    closing ??= opening.catch(() => {}).then(closeDatabase).finally(() => process.exit(0))
  })
const urls = await opening
await migrateDatabase().catch((error: unknown) => {
  if (!closing) throw error
})
process.stdout.write(`URL ${urls.owner}\n`)
setInterval(() => {}, 60_000)
