// `npm run upstream`: the stand-in for a private API, for walking on your own. It insists on the secret it prints.
import { randomBytes } from 'node:crypto'
import { ensureInstalled, root, runCommand, say, startNode } from './bootstrap.mjs'
import { forwardSignals } from './children.mjs'

await runCommand(async () => {
  ensureInstalled()
  const port = process.env.UPSTREAM_PORT ?? '4000'
  const secret = process.env.UPSTREAM_SECRET ?? randomBytes(18).toString('base64url')
  const child = startNode(['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/fakes/twitter-api.ts`, '--port', port, '--secret', secret])
  say(`The stand-in answers on http://127.0.0.1:${port} and insists on the secret token ${secret}`)
  await forwardSignals([child])
})
