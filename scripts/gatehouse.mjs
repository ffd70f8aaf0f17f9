// `npm run gatehouse -- <command>`: the command line, on the pinned Node.
import { spawnSync } from 'node:child_process'
import { ensureGenerated, ensureInstalled, nodeBinary, quietEnv, root, runCommand } from './bootstrap.mjs'

await runCommand(() => {
  ensureInstalled()
  ensureGenerated()
  const done = spawnSync(nodeBinary, ['--import', `${root}/scripts/alias.mjs`, `${root}/scripts/gatehouse/main.ts`, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', env: quietEnv() })
  process.exitCode = done.status ?? 1
})
