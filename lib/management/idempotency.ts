import { createHash } from 'node:crypto'
import { decryptSecret, encryptSecret, sameSecret } from '@/lib/crypto'
import type { Ctx } from '@/lib/tenants/context'

/** How long an answer is kept, and how long a request may run before another may take its place (it died). */
const KEPT_MS = 24 * 3_600_000
const LEASE_MS = 60_000

export type Stored = { status: number; contentType: string; body: string }

/** What `Idempotency-Key` makes of a request before it runs (IDM-1). */
export type Claim =
  | { kind: 'run'; store(answer: Stored & { keepBody: boolean }): Promise<void>; release(): Promise<void> }
  | { kind: 'replay'; answer: Stored }
  | { kind: 'shown_once' }
  | { kind: 'mismatch' }
  | { kind: 'running' }

export type IdempotentRequest = { caller: string; key: string; method: string; path: string; body: Uint8Array }

/** Whether a text can be an `Idempotency-Key`: 1 to 255 printable characters. */
export function isIdempotencyKey(key: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(key)
}

/**
 * Claims the key of a request: one of many parallel ones runs, the others hear `running` until it is done and its
 * answer after that. The row of a request that never came back (its process died) is taken over after a minute.
 * Bodies are sealed: an answer may hold a key of an application.
 */
export async function claimKey({ db, tenant, now }: Pick<Ctx, 'db' | 'tenant' | 'now'>, { caller, key, method, path, body }: IdempotentRequest): Promise<Claim> {
  const hash = createHash('sha256').update(`${method}\n${path}\n`).update(body).digest('base64url')
  const tenantId = tenant.id
  // By the database's limits alone would old answers stay; whoever writes sweeps a little.
  await db.idempotencyKey.deleteMany({ where: { createdAt: { lte: new Date(now.getTime() - KEPT_MS) } } })
  const [made] = await db.idempotencyKey.createManyAndReturn({ data: [{ tenantId, actor: caller, key, requestHash: hash, createdAt: now }], skipDuplicates: true, select: { id: true } })
  if (made) return runWith(made.id, now)

  const row = await db.idempotencyKey.findFirst({ where: { actor: caller, key } })
  // Deleted between the two statements: its request failed and may be sent again.
  if (!row) return { kind: 'running' }
  if (!sameSecret(row.requestHash, hash)) return { kind: 'mismatch' }
  if (row.status === null) {
    if (row.createdAt.getTime() > now.getTime() - LEASE_MS) return { kind: 'running' }
    const { count } = await db.idempotencyKey.updateMany({ where: { id: row.id, status: null, createdAt: row.createdAt }, data: { createdAt: now } })
    return count === 1 ? runWith(row.id, now) : { kind: 'running' }
  }
  if (row.body === null) return { kind: 'shown_once' }
  return { kind: 'replay', answer: { status: row.status, contentType: row.contentType ?? '', body: decryptSecret(row.body, placeOf(row.id)) } }

  function runWith(id: bigint, startedAt: Date): Claim {
    // `createdAt` tells whose claim it is: one that was taken over stores and releases nothing.
    const own = { id, status: null, createdAt: startedAt }
    return {
      kind: 'run',
      async store({ status, contentType, body: answer, keepBody }) {
        await db.idempotencyKey.updateMany({ where: own, data: { status, contentType, body: keepBody ? encryptSecret(answer, placeOf(id)) : null } })
      },
      async release() {
        await db.idempotencyKey.deleteMany({ where: own })
      },
    }
  }

  function placeOf(row: bigint) {
    return { tenantId, table: 'idempotency_keys', row, column: 'body' }
  }
}
