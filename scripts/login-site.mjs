// `npm run login-site -- --gateway <address> --secret <ls_…>`: the login page of an API owner, for products in OAuth mode.
import { ensureInstalled, root, runCommand, say, startNode } from './bootstrap.mjs'
import { forwardSignals } from './children.mjs'

await runCommand(async () => {
  ensureInstalled()
  const port = process.env.LOGIN_SITE_PORT ?? '4002'
  const given = process.argv.slice(2)
  const child = startNode(['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/fakes/login-site.ts`, '--port', port, ...given])
  say(`The OAuth login URL of the product: http://127.0.0.1:${port}/login`)
  if (!given.includes('--secret')) say('Start it with --gateway <address of the gateway> --secret <login-site secret>; both stand on the product’s OAuth tab.')
  await forwardSignals([child])
})
