// `npm run bench`: the gateway beside a bare proxy and nginx, then the pages of the dashboard. Everything is measured
// in one run on this machine; carry the ratios away, not the seconds. `-- gateway` or `-- pages` for one of them.
import { ensureBuilt, ensureGenerated, ensureInstalled, nodeBinary, root, run, runCommand, say } from './bootstrap.mjs'
import { ensureTools } from './tools.mjs'

await runCommand(() => {
  const words = process.argv.slice(2)
  const wants = (part) => !words.some((word) => ['gateway', 'pages'].includes(word)) || words.includes(part)
  ensureInstalled()
  for (const sentence of ensureTools(wants('pages') ? undefined : ['nginx'])) say(sentence)
  ensureGenerated()
  const script = (name) => ['--import', `${root}/scripts/alias.mjs`, `${root}/scripts/bench/${name}.ts`, ...words.filter((word) => !['gateway', 'pages'].includes(word))]
  if (wants('gateway')) run('The bench of the gateway', nodeBinary, script('gateway'))
  if (wants('pages')) {
    ensureBuilt()
    run('The bench of the pages', nodeBinary, script('pages'))
  }
})
