import '@/scripts/gatehouse/keep-output-clean'
import { closeDatabase } from '@/lib/db/connect'
import { loadDemo } from '@/scripts/demo/load-demo'
import { tellDemo } from '@/scripts/demo/tell-demo'
import { openInstallation } from '@/scripts/gatehouse/open-installation'

// Run by scripts/demo.mjs once the server is ready, in a process of its own, as the command line would be.
const { DEMO_UPSTREAM_PORT, DEMO_UPSTREAM_SECRET, DEMO_HOOKS_PORT } = process.env
if (!DEMO_UPSTREAM_PORT || !DEMO_UPSTREAM_SECRET || !DEMO_HOOKS_PORT) throw new Error('DEMO_UPSTREAM_PORT, DEMO_UPSTREAM_SECRET and DEMO_HOOKS_PORT tell where the stand-in of the private API and the receiver of webhooks listen.')

try {
  await openInstallation()
  const { demo, file, problem } = await loadDemo({ url: `http://127.0.0.1:${DEMO_UPSTREAM_PORT}`, secret: DEMO_UPSTREAM_SECRET }, DEMO_HOOKS_PORT, new Date())
  if (problem) process.stderr.write(`The test call through staging failed: ${problem}\n`)
  process.stdout.write(tellDemo(demo, file, `http://127.0.0.1:${DEMO_HOOKS_PORT}`))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
} finally {
  await closeDatabase()
}
