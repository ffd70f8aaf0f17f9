import { AccountingError, applicationNotFound, userKeyInvalid } from '@/lib/accounting/accounting-error'
import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import { countUsage, observeOutcome } from '@/lib/accounting/count-usage'
import type { RolledUsage } from '@/lib/accounting/count-usage'
import { enterService } from '@/lib/accounting/enter-service'
import type { Params, Value } from '@/lib/accounting/parse-params'
import type { Options } from '@/lib/accounting/read-options'
import { readTimestamp } from '@/lib/accounting/read-timestamp'
import { countsNothing, readUsage } from '@/lib/accounting/read-usage'
import { logCodeOf, rawTextOf, textOf } from '@/lib/accounting/read-values'
import { findSubjects } from '@/lib/accounting/subjects'
import type { Subjects } from '@/lib/accounting/subjects'
import { rollUpUsage } from '@/lib/metering/roll-up-usage'

/** What became of one transaction of a batch; `id` is the key it was sent under. */
export type TransactionOutcome = { id: string; accepted: boolean; error: AccountingError | null }

/**
 * A batch of usage that has happened (reference gateway 4.8): all or nothing, beyond limits and for suspended
 * applications too, in the time each call was made. What is wrong with the batch as such is thrown; what is wrong with
 * a transaction comes back and is noted for the tenant. With `partial` everything that is in order counts.
 */
export async function report(parts: AccountingParts, call: AccountingCall, params: Params, options: Options): Promise<TransactionOutcome[]> {
  const entry = await enterService(parts, call, params, { strict: true })
  if (entry instanceof AccountingError) throw entry
  const transactions = readTransactions(params.get('transactions') ?? null)
  if (!entry.product.endUsers && transactions.some(([, transaction]) => transaction.has('user_id')))
    throw new AccountingError('end_users_no_longer_supported', 'End-users are no longer supported, do not specify the user_id parameter')

  const outcomes: TransactionOutcome[] = []
  const ready: Reported[] = []
  for (const [id, transaction] of transactions) {
    try {
      const reported = await readTransaction(parts, call, entry, transaction, options)
      if (reported) ready.push(reported)
      outcomes.push({ id, accepted: true, error: null })
    } catch (error) {
      if (!(error instanceof AccountingError)) throw error
      outcomes.push({ id, accepted: false, error })
      if (!options.partial) return transactions.map(([each]) => ({ id: each, accepted: false, error: each === id ? error : null }))
    }
  }
  // Together, so that the journal writes them in one turn. Each moves counters in the order of the batch.
  await Promise.all(addUp(ready).map((reported) => countUsage(parts, call, { ...reported, service: entry, force: true })))
  for (const { application, at, logCode } of ready) if (logCode !== null) observeOutcome(parts, entry, application.id, `${Math.floor(logCode / 100)}xx`, at)
  return outcomes
}

type Reported = { application: KnownApplication; subjects: Subjects; credentialId: number | null; rolled: RolledUsage; at: number; logCode: number | null }

/** Keys are arbitrary; a list will do as well. */
function readTransactions(value: Value): [id: string, transaction: Params][] {
  if (value === null || value === '' || (typeof value === 'string' && value.trim() === '')) throw new AccountingError('transactions_is_blank', 'transactions parameter is blank')
  if (typeof value === 'string') throw formatInvalid()
  const entries: [string, Value][] = Array.isArray(value) ? value.map((each, i) => [String(i), each]) : [...value]
  if (entries.length === 0) throw new AccountingError('transactions_is_blank', 'transactions parameter is blank')
  if (entries.some(([, transaction]) => transaction === null)) throw new AccountingError('transactions_has_nil_transaction', 'transactions has a nil transaction')
  return entries.map(([id, transaction]) => {
    if (!(transaction instanceof Map)) throw formatInvalid()
    return [id, transaction]
  })
}

const formatInvalid = () => new AccountingError('transactions_format_invalid', 'transactions format is invalid')

/** Null where it counts nothing at all. */
async function readTransaction(parts: AccountingParts, call: AccountingCall, service: Service, transaction: Params, options: Options): Promise<Reported | null> {
  const usage = transaction.get('usage') ?? null
  // Dropped before anything is checked: zeros for an unknown application spoil nothing.
  if (usage instanceof Map && countsNothing(usage)) return null
  if (usage === '') return null
  const application = await findApplication(parts, service, transaction, call.at)
  if (usage !== null && !(usage instanceof Map)) throw new AccountingError('usage_value_invalid', 'usage must name metrics, like usage[hits]=1')
  const entries = usage ? readUsage(service, usage) : []
  const at = readTimestamp(rawTextOf(transaction, 'timestamp'), call.at)
  const subjects = await findSubjects(parts, service, application, rawTextOf(transaction, 'user_id'), call.at)
  return { application, subjects, credentialId: application.userKeyId, rolled: rollUpUsage(entries, options.flatUsage ? null : service.lineage), at, logCode: logCodeOf(transaction) }
}

/** By app_id or user_key, whatever the mode of the service; state and keys are not looked at. */
async function findApplication({ directory }: AccountingParts, { productId }: Service, transaction: Params, at: number): Promise<KnownApplication> {
  const appId = textOf(transaction, 'app_id')
  const userKey = textOf(transaction, 'user_key')
  if (appId !== null && userKey !== null) throw new AccountingError('authentication_error', 'either app_id or user_key is allowed, not both')
  if (appId === null && userKey === null) throw applicationNotFound(null)
  const known = directory.application(productId, appId !== null ? { appId } : { userKey: userKey! }, at)
  const application = known instanceof Promise ? await known : known
  if (application) return application
  throw appId !== null ? applicationNotFound(appId) : userKeyInvalid(userKey)
}

const MINUTE_MS = 60_000

/** Increments of the same application, end user and minute become one; set values keep their place in the order. */
function addUp(reported: readonly Reported[]): Reported[] {
  const sums: (Reported & { rolled: { usage: Map<number, number> } })[] = []
  const open = new Map<string, Reported & { rolled: { usage: Map<number, number> } }>()
  for (const one of reported) {
    const key = `${one.application.id}|${one.subjects.endUserId ?? ''}|${Math.floor(one.at / MINUTE_MS)}`
    const held = open.get(key)
    if (held && !one.rolled.sets) {
      for (const [metricId, value] of one.rolled.usage) held.rolled.usage.set(metricId, (held.rolled.usage.get(metricId) ?? 0) + value)
      continue
    }
    const sum = { ...one, rolled: { usage: new Map(one.rolled.usage), sets: one.rolled.sets } }
    sums.push(sum)
    // What follows a set value must not be added to what came before it.
    if (one.rolled.sets) open.clear()
    else open.set(key, sum)
  }
  return sums
}
