import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startGatehouse } from '@/e2e/harness/gatehouse-server'
import { partnerPassword } from '@/e2e/harness/partner-password'
import { findSecrets } from '@/e2e/isolation/secrets'

/** Starts the one Gatehouse of the run; the walks find it through the environment. In the end its log is searched for secrets (KEY-5). */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const gatehouse = await startGatehouse()
  process.env.E2E_PORT = String(gatehouse.port)
  process.env.E2E_DATA_DIR = gatehouse.dataDir
  process.env.E2E_UPSTREAM_URL = gatehouse.upstream.url
  process.env.E2E_UPSTREAM_SECRET = gatehouse.upstream.secret
  process.env.E2E_RECEIVER_URL = gatehouse.receiver.pageUrl
  process.env.E2E_ENV = JSON.stringify(gatehouse.env)
  return async () => {
    const log = gatehouse.log()
    const secrets = [gatehouse.upstream.secret, 'a long and winding password', partnerPassword, readFileSync(join(gatehouse.dataDir, 'secret-key'), 'utf8').trim()]
    await gatehouse.stop()
    const found = findSecrets(log, secrets)
    if (found.length > 0) throw new Error(`KEY-5: after all tests the server's log holds ${found.join(', ')}`)
  }
}
