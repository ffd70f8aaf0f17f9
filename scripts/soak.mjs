// `npm run test:soak -- [rounds]`: repeats the proofs that depend on luck (kills at odd moments, calls in parallel) and
// prints their figures. Ends with one line `N passed, N failed`.
import { ensureBuilt, ensureGenerated, ensureInstalled, nodeBinary, quietEnv, root, runCommand, say, StepFailed } from './bootstrap.mjs'
import { ensureTools } from './tools.mjs'
import { spawnSync } from 'node:child_process'

await runCommand(() => {
  const [given = '10'] = process.argv.slice(2)
  const rounds = Number(given)
  if (!Number.isInteger(rounds) || rounds < 1) throw new StepFailed(`"${given}" is no number of rounds.`)
  ensureInstalled()
  for (const sentence of ensureTools(['redis-server'])) say(sentence)
  ensureGenerated()
  ensureBuilt()
  const done = spawnSync(nodeBinary, ['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/gateway/soak.ts`, String(rounds)], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: quietEnv() })
  process.exitCode = done.status ?? 1
})
