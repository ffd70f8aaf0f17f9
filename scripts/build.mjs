// `npm run build`: a production build, for deployments that start `dist/server.js` or `next start` themselves.
import { ensureBuilt, ensureGenerated, ensureInstalled, runCommand } from './bootstrap.mjs'

await runCommand(() => {
  ensureInstalled()
  ensureGenerated()
  ensureBuilt()
})
