// `npm run bench`: what a call through the gateway costs, and how long the pages take. Everything is measured in one run on
// this machine; carry the ratios away, not the seconds.
//
//   npm run bench                      the gateway beside others, the decision alone, the pages (about 6 minutes)
//   npm run bench -- all               the same, every mode of the gateway and Next alone (about 17)
//   npm run bench -- gateway [s] [n]   so many seconds a measurement, so many rounds; --quick: without what must be installed or built
//   npm run bench -- gateway modes     each way to authenticate, Redis, many applications, products and rules, large bodies, neighbours
//   npm run bench -- next [s] [n]      plain `next start` with counters and journal over REST, beside server.ts
//   npm run bench -- decide            the decision alone, in one process without sockets
//   npm run bench -- pages             the dashboard and the portal
//   --json=<file>                      what was measured, for whoever compares runs (gateway, modes, next)
import { ensureBuilt, ensureGenerated, ensureInstalled, nodeBinary, root, run, runCommand, say } from './bootstrap.mjs'
import { ensureTools } from './tools.mjs'

const PARTS = ['gateway', 'modes', 'next', 'decide', 'pages', 'all']

await runCommand(() => {
  const words = process.argv.slice(2)
  const named = words.filter((word) => PARTS.includes(word))
  const rest = words.filter((word) => !PARTS.includes(word))
  const wants = (part) => {
    if (named.includes('all')) return true
    if (named.length === 0) return part !== 'modes' && part !== 'next'
    // `gateway modes` is one thing, not two.
    return part === 'gateway' ? named.includes('gateway') && !named.includes('modes') : named.includes(part)
  }
  const quick = rest.includes('--quick')
  ensureInstalled()
  for (const sentence of ensureTools(wants('pages') ? undefined : ['nginx', 'redis-server'])) say(sentence)
  ensureGenerated()
  const bench = (title, name) => run(title, nodeBinary, ['--import', `${root}/scripts/alias.mjs`, `${root}/scripts/bench/${name}.ts`, ...rest])
  if (wants('decide')) bench('The bench of the decision', 'decide')
  // One of its contenders is the route handler behind plain `next start`.
  if (wants('pages') || wants('next') || (wants('gateway') && !quick)) ensureBuilt()
  if (wants('gateway')) bench('The bench of the gateway', 'gateway')
  if (wants('modes')) bench('The bench of the modes', 'modes')
  if (wants('next')) bench('The bench of Next alone', 'next')
  if (wants('pages')) bench('The bench of the pages', 'pages')
})
