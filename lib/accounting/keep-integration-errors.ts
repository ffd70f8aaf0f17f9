import { LRUCache } from 'lru-cache'
import type pg from 'pg'
import type { AccountingCall } from '@/lib/accounting/accounting-call'
import { logger } from '@/lib/logger'

export type NewIntegrationError = { tenantId: number; productId: number; code: string; message: string; request: { method: string; path: string; query: string }; at: number }

/**
 * Integration errors on their way into the database: behind the answers, in batches, never more waiting than a bounded
 * queue holds. What a caller did who did not prove to be a friend is kept once in a while only, so that no stranger
 * can push a tenant's own errors out of the list.
 */
export type IntegrationErrors = {
  note(error: NewIntegrationError, proved: boolean): void
  /** Writes what waits; for tests and orderly steps. */
  flush(): Promise<void>
  close(): Promise<void>
}

export const ERRORS_KEPT = 1_000
const WAITING_MAX = 5_000
const OF_PRODUCT_MAX = 2_000
const BATCH_MAX = 500
const FLUSH_MS = 1_000
const STRANGERS_EVERY_MS = 10_000

export function keepIntegrationErrors(pool: pg.Pool): IntegrationErrors {
  let waiting: NewIntegrationError[] = []
  const ofStrangers = new LRUCache<string, number>({ max: 5_000 })
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  let dropped = 0
  /** How many of each product wait: one that makes only mistakes leaves room for others. */
  const held = new Map<number, number>()

  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    writing = writing.then(async () => {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, BATCH_MAX)
        waiting = waiting.slice(BATCH_MAX)
        if (waiting.length === 0) held.clear()
        try {
          await write(pool, batch)
        } catch (error) {
          // A list for people to look at: what cannot be written now is let go rather than piled up.
          logger.warn({ err: error, lost: batch.length }, 'integration errors cannot be kept')
        }
      }
      if (dropped > 0) logger.warn({ dropped }, 'more integration errors came than can be kept')
      dropped = 0
    })
    return writing
  }

  return {
    note(error, proved) {
      if (!proved) {
        const key = `${error.productId}|${error.code}`
        if (error.at - (ofStrangers.get(key) ?? -Infinity) < STRANGERS_EVERY_MS) return
        ofStrangers.set(key, error.at)
      }
      const own = held.get(error.productId) ?? 0
      if (waiting.length >= WAITING_MAX || own >= OF_PRODUCT_MAX) return void dropped++
      held.set(error.productId, own + 1)
      waiting.push(error)
      if (timer) return
      timer = setTimeout(() => void flush(), FLUSH_MS)
      timer.unref()
    },
    flush,
    close: flush,
  }
}

const TEXT_MAX = 2_000

/** The newest thousand of each product stay. A product that is gone meanwhile gets none. */
async function write(pool: pg.Pool, batch: readonly NewIntegrationError[]): Promise<void> {
  // Postgres knows no NUL in a text.
  const clean = (text: string) => text.replaceAll('\0', '\ufffd').toWellFormed().slice(0, TEXT_MAX)
  await pool.query({
    text: `INSERT INTO integration_errors ("tenantId", "productId", code, message, request, "createdAt")
      SELECT p."tenantId", p.id, e.code, e.message, e.request::jsonb, to_timestamp(e.at / 1000.0)
        FROM unnest($1::int8[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::float8[]) WITH ORDINALITY AS e (tenant, product, code, message, request, at, place)
        JOIN products p ON p.id = e.product AND p."tenantId" = e.tenant ORDER BY e.place`,
    values: [
      batch.map(({ tenantId }) => tenantId),
      batch.map(({ productId }) => productId),
      batch.map(({ code }) => code),
      batch.map(({ message }) => clean(message)),
      batch.map(({ request }) => JSON.stringify({ method: request.method, path: clean(request.path), query: clean(request.query) })),
      batch.map(({ at }) => at),
    ],
    query_timeout: 10_000,
  } as pg.QueryConfig)
  const products = [...new Map(batch.map((one) => [one.productId, one])).values()]
  await pool.query({
    text: `DELETE FROM integration_errors e USING unnest($1::int8[], $2::int8[]) AS p (tenant, product)
      WHERE e."tenantId" = p.tenant AND e."productId" = p.product
        AND e.id < (SELECT min(id) FROM (SELECT n.id FROM integration_errors n WHERE n."tenantId" = p.tenant AND n."productId" = p.product ORDER BY n.id DESC LIMIT ${ERRORS_KEPT}) AS newest)`,
    values: [products.map(({ tenantId }) => tenantId), products.map(({ productId }) => productId)],
    query_timeout: 10_000,
  } as pg.QueryConfig)
}

/** What was asked, for a person who looks for the mistake: credentials masked (KEY-5), nothing of the body. */
export function maskedRequest({ method, target }: AccountingCall): NewIntegrationError['request'] {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark + 1)
  return {
    method,
    path: path.replace(/(\/oauth_access_tokens\/)[^/]+/, '$1••••'),
    // A name may be percent-encoded like any text; whatever its value hides, it hides behind the mask.
    query: maskPairs(query),
  }
}

function maskPairs(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const name = equals === -1 ? pair : pair.slice(0, equals)
      return equals !== -1 && SECRET_NAME.test(plain(name)) ? `${name}=••••` : pair
    })
    .join('&')
}

const SECRET_NAME = /key|token|secret|password/i

function plain(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    // What cannot be read is masked as if it were a secret.
    return 'secret'
  }
}
