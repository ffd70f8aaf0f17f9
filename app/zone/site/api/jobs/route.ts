import { sameSecret } from '@/lib/crypto'
import { env } from '@/lib/env'
import { runWorkerOnce } from '@/lib/jobs/run-worker-once'
import { drainJournal } from '@/lib/metering/drain-journal'
import { workerPlan } from '@/lib/worker/worker-plan'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'
/** Seconds; platforms end a request that takes longer. */
export const maxDuration = 60

const BUDGET_MS = 45_000

/**
 * The background half for a platform without a process of ours: a schedule calls this once a minute with
 * `Authorization: Bearer <JOBS_SECRET>` (docs/deploy.md). Books the journal, runs what is due, says what it did.
 * Without JOBS_SECRET there is no such address.
 */
async function answer(request: Request): Promise<Response> {
  const { JOBS_SECRET } = env()
  const say = (status: number, body: unknown) => Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
  if (!JOBS_SECRET) return say(404, { error: { code: 'not_found', message: 'Not found.' } })
  const [scheme, given = ''] = (request.headers.get('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !sameSecret(given, JOBS_SECRET)) return say(401, { error: { code: 'unauthenticated', message: 'Send the header "Authorization: Bearer <JOBS_SECRET>".' } })
  const entriesBooked = await drainJournal()
  const { ranMs, finished } = await runWorkerOnce(workerPlan(), BUDGET_MS)
  return say(200, { entries_booked: entriesBooked, ran_ms: ranMs, finished })
}

export { answer as GET, answer as POST }
