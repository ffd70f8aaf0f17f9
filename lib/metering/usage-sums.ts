import type { StoredCounter } from '@/lib/metering/counter-store'
import type { CallOutcome, UsageRecord } from '@/lib/metering/journal'
import { periods } from '@/lib/metering/periods'
import type { Environment } from '@/lib/products/gateway-config'

/**
 * What a segment adds up to. The process that writes a segment sums while it writes; a replay gets the same sums from
 * the file. Keys are numbers, not glued strings: this runs for every call.
 */
export type UsageSums = {
  records: number
  /** How many sums are held, to bound memory. */
  entries: number
  applications: Record<Environment, Map<number, ApplicationSums>>
  subjects: Record<Environment, Map<string, SubjectSums>>
  credentials: Map<number, { tenantId: number; usedAt: number }>
}

export type ApplicationSums = {
  tenantId: number
  productId: number
  firstAt: number
  lastAt: number
  metrics: Map<number, TimedSum[]>
  endUsers: Map<number, Map<number, TimedSum[]>>
}

/** `at`: start of the 15 minutes. */
export type TimedSum = { at: number; value: number }

export type SubjectSums = { tenantId: number; productId: number; counters: Map<number, StoredCounter[]> }

export const BUCKET_MS = 15 * 60_000

export const bucketOf = (at: number) => at - (at % BUCKET_MS)

export function emptySums(): UsageSums {
  return { records: 0, entries: 0, applications: { staging: new Map(), production: new Map() }, subjects: { staging: new Map(), production: new Map() }, credentials: new Map() }
}

export function addRecord(sums: UsageSums, record: UsageRecord): void {
  const { at, tenantId, productId, environment, applicationId, endUserId, credentialId } = record
  const bucketAt = bucketOf(at)
  const applications = sums.applications[environment]
  let application = applications.get(applicationId)
  if (!application) applications.set(applicationId, (application = { tenantId, productId, firstAt: at, lastAt: at, metrics: new Map(), endUsers: new Map() }))
  if (at < application.firstAt) application.firstAt = at
  if (at > application.lastAt) application.lastAt = at
  for (const [metricId, value] of record.usage) addTimed(sums, application.metrics, metricId, bucketAt, value)
  if (endUserId !== null) {
    let metrics = application.endUsers.get(endUserId)
    if (!metrics) application.endUsers.set(endUserId, (metrics = new Map()))
    for (const [metricId, value] of record.usage) addTimed(sums, metrics, metricId, bucketAt, value)
  }
  for (const { subject, metricId, period, windowStart, value } of record.counted) {
    let held = sums.subjects[environment].get(subject)
    if (!held) sums.subjects[environment].set(subject, (held = { tenantId, productId, counters: new Map() }))
    const key = metricId * 8 + periods.indexOf(period)
    const windows = held.counters.get(key)
    const window = windows?.find((one) => one.windowStart === windowStart)
    if (window) window.value += value
    else {
      sums.entries++
      const first = { metricId, period, windowStart, value }
      if (windows) windows.push(first)
      else held.counters.set(key, [first])
    }
  }
  if (credentialId !== null) {
    const credential = sums.credentials.get(credentialId)
    if (!credential) sums.credentials.set(credentialId, { tenantId, usedAt: at })
    else if (at > credential.usedAt) credential.usedAt = at
  }
  sums.records++
}

function addTimed(sums: UsageSums, metrics: Map<number, TimedSum[]>, metricId: number, at: number, value: number): void {
  const timed = metrics.get(metricId)
  const same = timed?.find((one) => one.at === at)
  if (same) same.value += value
  else {
    sums.entries++
    if (timed) timed.push({ at, value })
    else metrics.set(metricId, [{ at, value }])
  }
}

/** Calls by outcome. The key is the application, or minus the product where none was recognised. */
export type OutcomeSums = { entries: number; byCaller: Record<Environment, Map<number, OutcomeSum[]>> }

export type OutcomeSum = { tenantId: number; productId: number; applicationId: number; outcome: string; at: number; calls: number; durationMs: number }

export function emptyOutcomes(): OutcomeSums {
  return { entries: 0, byCaller: { staging: new Map(), production: new Map() } }
}

/** False where there is no room for another kind of outcome. */
export function addOutcome(sums: OutcomeSums, outcome: CallOutcome, calls: number, entriesMax: number): boolean {
  const at = bucketOf(outcome.at)
  const callers = sums.byCaller[outcome.environment]
  const caller = outcome.applicationId || -outcome.productId
  const held = callers.get(caller)
  const same = held?.find((one) => one.outcome === outcome.outcome && one.at === at)
  if (same) {
    same.calls += calls
    same.durationMs += outcome.durationMs
    return true
  }
  if (sums.entries >= entriesMax) return false
  sums.entries++
  const { tenantId, productId, applicationId, durationMs } = outcome
  const first = { tenantId, productId, applicationId, outcome: outcome.outcome, at, calls, durationMs }
  if (held) held.push(first)
  else callers.set(caller, [first])
  return true
}
