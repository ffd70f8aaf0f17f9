import pg from 'pg'
import { APP_ROLE } from '@/lib/db/pools'

/** A page that asks for more is broken; the connection is needed by others. */
const STATEMENT_TIMEOUT_MS = 30_000

/**
 * A view of a shared pool that is bound to one tenant: whatever goes through it, nested writes and raw SQL included,
 * runs in a transaction that has stepped down to gatehouse_app and named the tenant, so that row-level security holds
 * (ISO-3). The setting is the transaction's own: a pooled connection cannot carry it on, and PgBouncer is fine.
 *
 * It leans on PrismaPg taking any `instanceof pg.Pool` and opening its transactions with the text BEGIN; a test keeps watch.
 */
export function tenantPool(pool: pg.Pool, tenantId: bigint, { stepDown }: { stepDown: boolean }): pg.Pool {
  if (typeof tenantId !== 'bigint' || tenantId <= 0n) throw new TypeError('a tenant id is a positive bigint')
  // SET LOCAL instead of set_config: it is not a query, so the transaction may still choose its isolation level.
  const begin = `BEGIN; ${stepDown ? `SET LOCAL ROLE ${APP_ROLE}; ` : ''}SET LOCAL app.tenant_id = '${tenantId}'; SET LOCAL statement_timeout = '${STATEMENT_TIMEOUT_MS}ms'`

  const query = async (statement: pg.QueryConfig) => {
    const client = await pool.connect()
    let broken = false
    try {
      await client.query(begin)
      const result = await client.query(statement)
      await client.query('COMMIT')
      return result
    } catch (error) {
      // A connection that cannot even roll back is thrown away.
      await client.query('ROLLBACK').catch(() => (broken = true))
      throw error
    } finally {
      client.release(broken)
    }
  }

  const connect = async () => {
    const client = await pool.connect()
    const view = Object.create(pg.Client.prototype) as pg.PoolClient
    return Object.assign(view, {
      query: (statement: pg.QueryConfig) => client.query(statement.text === 'BEGIN' ? begin : statement),
      release: (error?: Error | boolean) => client.release(error),
      // On the client itself: an emitter's inherited counts would drift apart from its listeners.
      on: (event: 'error', listener: (error: Error) => void) => (client.on(event, listener), view),
      removeListener: (event: 'error', listener: (error: Error) => void) => (client.removeListener(event, listener), view),
    })
  }

  const quiet = {
    options: pool.options,
    connect,
    query,
    // The pool belongs to everybody, and each adapter would add one more error listener to it.
    end: async () => {},
    on: () => view,
    removeListener: () => view,
  }
  // Of this module graph's own class, whichever graph made the pool.
  const view: pg.Pool = Object.assign(Object.create(pg.Pool.prototype) as pg.Pool, quiet)
  return view
}
