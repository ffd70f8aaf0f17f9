import '@/scripts/gatehouse/keep-output-clean'
import { callInParallel, crashUnderLoad, findCrashFault, findExactFault, findUsedUpFault, useUpAcrossKills } from '@/e2e/gateway/proofs'

// Run by scripts/soak.mjs: every proof of this folder, `rounds` times, with other moments each time.
const rounds = Number(process.argv[2] ?? 10)
const KILLS = 3
const total = { passed: 0, failed: 0 }

await repeat('kill -9 under load', async () => {
  const figures = await crashUnderLoad(Array.from({ length: KILLS }, () => Math.round(100 + Math.random() * 1_400)))
  const { kills, answered, seen, booked } = figures
  return { fault: findCrashFault(figures), line: `${kills} kills, ${answered} answered, ${seen} seen by the upstream, ${booked} booked (+${booked - seen} in flight)` }
})

await repeat('a limit across two kills', async () => {
  const figures = await useUpAcrossKills(20 + Math.round(Math.random() * 180))
  const { limit, before, after, later, seen } = figures
  return { fault: findUsedUpFault(figures), line: `limit ${limit}: ${before} before, ${after} after the first kill, ${later} after the second; ${seen} seen by the upstream` }
})

for (const [where, processes] of [['in memory', 1], ['over two processes on Redis', 2]] as const) {
  const all = await callInParallel({ processes, rounds })
  for (const [index, figures] of all.entries()) {
    const { parallel, limit, passed, refused, others, seen } = figures
    tell(`${parallel} calls at once ${where}`, index, { fault: findExactFault(figures), line: `limit ${limit}: ${passed} passed, ${seen} seen by the upstream, ${refused} refused, ${others} other answers` })
  }
}

process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 ? 0 : 1

type Outcome = { fault: string | null; line: string }

async function repeat(what: string, prove: () => Promise<Outcome>): Promise<void> {
  for (let round = 0; round < rounds; round++)
    tell(what, round, await prove().catch((error: unknown) => ({ fault: String(error), line: '' })))
}

function tell(what: string, round: number, { fault, line }: Outcome): void {
  total[fault ? 'failed' : 'passed']++
  process.stdout.write(`${fault ? 'FAILED' : 'ok    '} ${what}, round ${round + 1}: ${line}${fault ? ` — ${fault}` : ''}\n`)
}
