// `npm run dev`: development with reload. Watches the server's own sources; Next watches the pages.
import { ensureGenerated, ensureInstalled, root, runCommand, startNode } from './bootstrap.mjs'
import { forwardSignals } from './children.mjs'

await runCommand(async () => {
  ensureInstalled()
  ensureGenerated()
  const server = startNode(
    ['--watch-path=./server.ts', '--watch-path=./lib', '--watch-preserve-output', '--import', `${root}/scripts/alias.mjs`, `${root}/server.ts`],
    { env: { NODE_ENV: 'development', EGRESS_ALLOW: process.env.EGRESS_ALLOW ?? '127.0.0.0/8:*,[::1]/128:*' } },
  )
  await forwardSignals([server])
})
