// `npm run receiver`: a receiver of webhooks, for walking on your own. It shows what it got and whether the signature holds.
import { ensureInstalled, root, runCommand, say, startNode } from './bootstrap.mjs'
import { forwardSignals } from './children.mjs'

await runCommand(async () => {
  ensureInstalled()
  const port = process.env.RECEIVER_PORT ?? '4001'
  const child = startNode(['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/fakes/webhook-receiver.ts`, '--port', port])
  say(`Webhooks go to http://127.0.0.1:${port}/hooks, and http://127.0.0.1:${port}/ shows them.`)
  say(`Tell it the signing secret: curl -X PUT --data 'whsec_…' http://127.0.0.1:${port}/__secret`)
  await forwardSignals([child])
})
