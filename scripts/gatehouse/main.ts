import '@/scripts/gatehouse/keep-output-clean'
import { text } from 'node:stream/consumers'
import { closeDatabase } from '@/lib/db/connect'
import { runGatehouse } from '@/scripts/gatehouse/run'

// The command line: `npm run gatehouse -- <command>`, or dist/gatehouse.js in an installation.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void closeDatabase().finally(() => process.exit(130)))

process.exitCode = await runGatehouse(process.argv.slice(2), {
  readInput: () => text(process.stdin),
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
})
