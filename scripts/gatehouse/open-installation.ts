import { openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'
import { env } from '@/lib/env'
import { closeOwnPort } from '@/lib/http/egress/policy'
import { findRunningServer } from '@/lib/http/server-note'
import { setBoundPort } from '@/lib/zones/public-origin'

/**
 * The database of this installation, migrated: shared with the server where one runs, else started for as long as the
 * command takes. What is printed carries the running server's port, else that of PORT. `closeDatabase()` ends it.
 */
export async function openInstallation(): Promise<void> {
  const { DATA_DIR } = env()
  const server = findRunningServer(DATA_DIR)
  const urls = await openDatabase()
  // An address typed here must not reach our own services either.
  closeOwnPort(Number(new URL(urls.owner).port || 5432))
  if (server) {
    closeOwnPort(server.port)
    setBoundPort(server.port)
  }
  await migrateDatabase()
}
