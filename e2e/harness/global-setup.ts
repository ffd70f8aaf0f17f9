import { startGatehouse } from '@/e2e/harness/gatehouse-server'

/** Starts the one Gatehouse of the run; the walks find it through the environment. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const gatehouse = await startGatehouse()
  process.env.E2E_PORT = String(gatehouse.port)
  process.env.E2E_DATA_DIR = gatehouse.dataDir
  process.env.E2E_UPSTREAM_URL = gatehouse.upstream.url
  process.env.E2E_UPSTREAM_SECRET = gatehouse.upstream.secret
  process.env.E2E_ENV = JSON.stringify(gatehouse.env)
  return () => gatehouse.stop()
}
