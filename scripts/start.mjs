// `npm start`: builds if needed, migrates, starts. No demo data.
import { ensureBuilt, ensureGenerated, ensureInstalled, root, runCommand, startNode } from './bootstrap.mjs'
import { forwardSignals } from './children.mjs'
import { serverOptions } from './server-options.mjs'

await runCommand(async () => {
  ensureInstalled()
  ensureGenerated()
  ensureBuilt()
  const server = startNode([...serverOptions, `${root}/dist/server.js`], { env: { NODE_ENV: 'production' } })
  await forwardSignals([server])
})
