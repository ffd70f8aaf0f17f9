import { ownerPool } from '@/lib/db/pools'
import { logger } from '@/lib/logger'
import { perProcess } from '@/lib/per-process'

/** Throws, or takes longer than a second, where the part does not work. */
export type HealthCheck = () => Promise<unknown> | unknown

export type HealthAnswer = { status: 200 | 503; body: string }

/** `needed` false: the process serves without it, so `/readyz` names it and stays green. */
type Part = { check: HealthCheck; needed: boolean }
type Health = { checks: Map<string, Part>; cached: { at: number; failing: Promise<string[]> } | null; failing: string }

const CACHE_MS = 1_000
const CHECK_TIMEOUT_MS = 1_000

const health = () => perProcess('health', (): Health => ({ checks: new Map([['database', { check: checkDatabase, needed: true }]]), cached: null, failing: '' }))

/** Adds a part that `/readyz` asks about; the same name replaces it. */
export function setHealthCheck(part: string, check: HealthCheck, { needed = true } = {}): void {
  health().checks.set(part, { check, needed })
  health().cached = null
}

/** The process runs: all there is to know (REL-1). */
export function answerAlive(): HealthAnswer {
  return { status: 200, body: 'ok\n' }
}

/** `ok`, or the parts that fail, a line each (REL-1). Names parts, never versions, addresses or errors. Cached for a second. */
export async function answerReady(): Promise<HealthAnswer> {
  const state = health()
  if (!state.cached || performance.now() - state.cached.at > CACHE_MS) state.cached = { at: performance.now(), failing: findFailing(state.checks) }
  const failing = await state.cached.failing
  const names = failing.join(', ')
  if (names !== state.failing) {
    state.failing = names
    if (names) logger.warn({ failing }, 'not ready')
    else logger.info('ready again')
  }
  if (failing.some((part) => state.checks.get(part)?.needed)) return { status: 503, body: failing.map((part) => `${part}: failing\n`).join('') }
  return { status: 200, body: ['ok\n', ...failing.map((part) => `${part}: away, calls go on\n`)].join('') }
}

async function findFailing(checks: Map<string, Part>): Promise<string[]> {
  const results = await Promise.all([...checks].map(async ([part, { check }]) => ((await passes(check)) ? null : part)))
  return results.filter((part) => part !== null)
}

async function passes(check: HealthCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([check(), new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('no answer within a second')), CHECK_TIMEOUT_MS)))])
    return true
  } catch (error) {
    logger.debug({ err: error }, 'a health check failed')
    return false
  } finally {
    clearTimeout(timer)
  }
}

async function checkDatabase(): Promise<void> {
  await ownerPool().query('SELECT 1')
}
