// `npm run demo`: installs, builds, starts on the embedded database with the walk-through loaded, and says what to open.
import { ensureBuilt, ensureGenerated, ensureInstalled, runCommand } from './bootstrap.mjs'
import { runDemo } from './demo/run-demo.mjs'

await runCommand(async () => {
  ensureInstalled()
  ensureGenerated()
  ensureBuilt()
  await runDemo()
})
