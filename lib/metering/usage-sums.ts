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
  credentials: Map<number, CredentialSums>
}

/** Calls with one credential, when and from where the last of them. */
export type CredentialSums = { tenantId: number; usedAt: number; uses: number; address: string }

export type ApplicationSums = {
  tenantId: number
  productId: number
  firstAt: number
  lastAt: number
  /** By metric id and start of the 15 minutes. */
  metrics: Tally
  endUsers: Map<number, Tally> | null
  /** The credential seen first, which most often is the only one; others stand in `UsageSums.credentials`. */
  credentialId: number | null
  credentialUsedAt: number
  credentialUses: number
  credentialAddress: string
}

/** By `metricId * 8 + period` and start of the window; see `countersOf`. */
export type SubjectSums = { tenantId: number; productId: number; counters: Tally }

/**
 * A few sums by kind and time, as triples `kind, at, value` in one array: with many applications most of a segment's
 * are of callers not seen before, and plain numbers are far cheaper to begin than maps of objects. Where there are
 * many kinds, `places` knows where the latest of each stands.
 */
export type Tally = { triples: number[]; places: Map<number, number> | null }

export const BUCKET_MS = 15 * 60_000

const WITHOUT_PLACES_MAX = 16 * 3

export const bucketOf = (at: number) => at - (at % BUCKET_MS)

export function emptySums(): UsageSums {
  return { records: 0, entries: 0, applications: { staging: new Map(), production: new Map() }, subjects: { staging: new Map(), production: new Map() }, credentials: new Map() }
}

export function addRecord(sums: UsageSums, record: UsageRecord): void {
  const { at, tenantId, productId, environment, applicationId, endUserId, credentialId, address, usage } = record
  const bucketAt = bucketOf(at)
  const applications = sums.applications[environment]
  let application = applications.get(applicationId)
  if (!application) {
    application = { tenantId, productId, firstAt: at, lastAt: at, metrics: emptyTally(), endUsers: null, credentialId: null, credentialUsedAt: at, credentialUses: 0, credentialAddress: address }
    applications.set(applicationId, application)
  } else {
    if (at < application.firstAt) application.firstAt = at
    if (at > application.lastAt) application.lastAt = at
  }
  for (let i = 0; i < usage.length; i++) addToTally(sums, application.metrics, usage[i]![0], bucketAt, usage[i]![1])
  if (endUserId !== null) {
    application.endUsers ??= new Map()
    let metrics = application.endUsers.get(endUserId)
    if (!metrics) application.endUsers.set(endUserId, (metrics = emptyTally()))
    for (let i = 0; i < usage.length; i++) addToTally(sums, metrics, usage[i]![0], bucketAt, usage[i]![1])
  }
  const subjects = sums.subjects[environment]
  let held: SubjectSums | undefined
  let heldFor: string | null = null
  for (const { subject, metricId, period, windowStart, value } of record.counted) {
    // Limits come subject by subject.
    if (subject !== heldFor) {
      held = subjects.get(subject)
      if (!held) subjects.set(subject, (held = { tenantId, productId, counters: emptyTally() }))
      heldFor = subject
    }
    addToTally(sums, held!.counters, metricId * 8 + periods.indexOf(period), windowStart, value)
  }
  if (credentialId !== null) addCredential(sums, application, tenantId, credentialId, at, address)
  sums.records++
}

function addCredential(sums: UsageSums, application: ApplicationSums, tenantId: number, credentialId: number, at: number, address: string): void {
  if (application.credentialId === null) {
    application.credentialId = credentialId
    application.credentialUsedAt = at
  }
  if (application.credentialId === credentialId) {
    application.credentialUses++
    if (at < application.credentialUsedAt) return
    application.credentialUsedAt = at
    application.credentialAddress = address
    return
  }
  const credential = sums.credentials.get(credentialId)
  if (!credential) return void sums.credentials.set(credentialId, { tenantId, usedAt: at, uses: 1, address })
  credential.uses++
  if (at < credential.usedAt) return
  credential.usedAt = at
  credential.address = address
}

const emptyTally = (): Tally => ({ triples: [], places: null })

function addToTally(sums: UsageSums, tally: Tally, kind: number, at: number, value: number): void {
  const { triples, places } = tally
  const place = places === null ? 0 : (places.get(kind) ?? triples.length)
  if (place < triples.length && triples[place] === kind && triples[place + 1] === at) {
    triples[place + 2]! += value
    return
  }
  // With `places`, only a kind in more than one window gets this far: a moment around the turn of the window.
  for (let i = place === triples.length ? place : 0; i < triples.length; i += 3) {
    if (triples[i] !== kind || triples[i + 1] !== at) continue
    triples[i + 2]! += value
    return
  }
  sums.entries++
  if (places === null && triples.length >= WITHOUT_PLACES_MAX) {
    tally.places = new Map()
    for (let i = 0; i < triples.length; i += 3) tally.places.set(triples[i]!, i)
  }
  tally.places?.set(kind, triples.length)
  if (triples.length === 0) tally.triples = [kind, at, value]
  else triples.push(kind, at, value)
}

export function countersOf({ counters: { triples } }: SubjectSums): StoredCounter[] {
  const counters: StoredCounter[] = []
  for (let i = 0; i < triples.length; i += 3) {
    const kind = triples[i]!
    const period = kind % 8
    counters.push({ metricId: (kind - period) / 8, period: periods[period]!, windowStart: triples[i + 1]!, value: triples[i + 2]! })
  }
  return counters
}

/** Calls by outcome, a chain for each caller: most have one kind only. The key is the application, or minus the product where none was recognised. */
export type OutcomeSums = { entries: number; byCaller: Record<Environment, Map<number, OutcomeSum>> }

export type OutcomeSum = { tenantId: number; productId: number; applicationId: number; outcome: string; at: number; calls: number; durationMs: number; next: OutcomeSum | null }

export function emptyOutcomes(): OutcomeSums {
  return { entries: 0, byCaller: { staging: new Map(), production: new Map() } }
}

/** False where there is no room for another kind of outcome. */
export function addOutcome(sums: OutcomeSums, outcome: CallOutcome, calls: number, entriesMax: number): boolean {
  const at = bucketOf(outcome.at)
  const callers = sums.byCaller[outcome.environment]
  const caller = outcome.applicationId || -outcome.productId
  const held = callers.get(caller)
  for (let one = held ?? null; one !== null; one = one.next) {
    if (one.at !== at || one.outcome !== outcome.outcome) continue
    one.calls += calls
    one.durationMs += outcome.durationMs
    return true
  }
  if (sums.entries >= entriesMax) return false
  sums.entries++
  const { tenantId, productId, applicationId, durationMs } = outcome
  const first: OutcomeSum = { tenantId, productId, applicationId, outcome: outcome.outcome, at, calls, durationMs, next: null }
  if (held) {
    first.next = held.next
    held.next = first
  } else callers.set(caller, first)
  return true
}
