import { randomToken, tokenHash } from '@/lib/crypto'
import { ownerPool } from '@/lib/db/system-db'
import { sessionAbsoluteMs, sessionIdleMs, type Realm, type SessionRealm } from '@/lib/tenants/session-cookie'

/**
 * Sessions are rows (SES-1): the cookie holds 32 random bytes, the table their SHA-256. Every request reads its row,
 * nothing is cached, so a revocation holds everywhere with the next request. Runs on the owner's pool because it is
 * asked before anybody's tenant context exists; every statement names the tenant.
 */
export type MemberSession = {
  id: bigint
  createdAt: Date
  stepUpAt: Date | null
  member: { id: bigint; name: string; email: string; role: 'admin' | 'member'; permissions: string[] }
}

export type DeveloperSession = {
  id: bigint
  createdAt: Date
  stepUpAt: Date | null
  developer: { id: bigint; name: string; email: string; accountId: bigint; role: 'admin' | 'member' }
}

type Origin = { address: string | null; userAgent: string }

type Holder = { memberId: bigint } | { developerId: bigint }

/** How long "password again" holds (PW-6). */
const stepUpMs = 10 * 60_000

// Written at most once a minute: a busy dashboard must not turn every read into a write.
const SEEN_EVERY_MS = 60_000

/** A new row for somebody who has just proved who they are. A session id sent by a client is never adopted (SES-3). */
export async function createSession(at: SessionRealm, holder: Holder, origin: Origin, now: Date): Promise<{ id: bigint; sid: string }> {
  const sid = randomToken()
  const { rows } = await ownerPool().query<{ id: number }>(
    `INSERT INTO sessions ("tenantId", hash, realm, "memberId", "developerId", ip, "userAgent", "createdAt", "lastSeenAt", "expiresAt")
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING id`,
    [
      at.tenantId,
      tokenHash(sid),
      at.realm,
      'memberId' in holder ? holder.memberId : null,
      'developerId' in holder ? holder.developerId : null,
      origin.address ?? '',
      origin.userAgent,
      now,
      new Date(now.getTime() + sessionAbsoluteMs[at.realm]),
    ],
  )
  return { id: BigInt(rows[0]!.id), sid }
}

type LiveRow = { id: number; createdAt: Date; lastSeenAt: Date; stepUpAt: Date | null; personId: number; name: string; email: string; role: 'admin' | 'member' }

/** The live session behind a cookie, with its member, or null: revoked, expired, idle too long, person or tenant suspended. */
export async function findMemberSession(tenantId: bigint, sid: string, now: Date): Promise<MemberSession | null> {
  const { rows } = await ownerPool().query<LiveRow & { permissions: string[] }>(
    `SELECT s.id, s."createdAt", s."lastSeenAt", s."stepUpAt", m.id AS "personId", m.name, m.email, m.role, m.permissions
       FROM sessions s
       JOIN members m ON m."tenantId" = s."tenantId" AND m.id = s."memberId"
       JOIN tenants t ON t.id = s."tenantId"
      WHERE s.hash = $1 AND s."tenantId" = $2 AND s.realm = 'admin' AND ${live('$3', '$4')}
        AND m.state = 'active' AND t.state = 'active'`,
    [tokenHash(sid), tenantId, now, new Date(now.getTime() - sessionIdleMs.admin)],
  )
  const row = rows[0]
  if (!row) return null
  await noteSeen(row, now)
  const { name, email, role, permissions } = row
  return { id: BigInt(row.id), createdAt: row.createdAt, stepUpAt: row.stepUpAt, member: { id: BigInt(row.personId), name, email, role, permissions } }
}

/** The same for a developer on the portal; a suspended account signs its people out too. */
export async function findDeveloperSession(tenantId: bigint, sid: string, now: Date): Promise<DeveloperSession | null> {
  const { rows } = await ownerPool().query<LiveRow & { accountId: number }>(
    `SELECT s.id, s."createdAt", s."lastSeenAt", s."stepUpAt", d.id AS "personId", d.email, d.role, d."accountId",
            btrim(d."firstName" || ' ' || d."lastName") AS name
       FROM sessions s
       JOIN developers d ON d."tenantId" = s."tenantId" AND d.id = s."developerId"
       JOIN accounts a ON a."tenantId" = d."tenantId" AND a.id = d."accountId"
       JOIN tenants t ON t.id = s."tenantId"
      WHERE s.hash = $1 AND s."tenantId" = $2 AND s.realm = 'portal' AND ${live('$3', '$4')}
        AND d.state = 'active' AND a.state = 'approved' AND t.state = 'active'`,
    [tokenHash(sid), tenantId, now, new Date(now.getTime() - sessionIdleMs.portal)],
  )
  const row = rows[0]
  if (!row) return null
  await noteSeen(row, now)
  const { email, role, accountId } = row
  const developer = { id: BigInt(row.personId), name: row.name || email, email, accountId: BigInt(accountId), role }
  return { id: BigInt(row.id), createdAt: row.createdAt, stepUpAt: row.stepUpAt, developer }
}

/**
 * A new id for the same row: the old cookie dies at once (SES-3, on step-up and change of role or password). With
 * `stepUp` the row may do sensitive things for ten minutes (PW-6).
 */
export async function rotateSession(tenantId: bigint, sessionId: bigint, now: Date, options: { stepUp?: boolean } = {}): Promise<string | null> {
  const sid = randomToken()
  const stepUpAt = options.stepUp ? new Date(now.getTime() + stepUpMs) : null
  const { rowCount } = await ownerPool().query(
    `UPDATE sessions SET hash = $3, "stepUpAt" = coalesce($4, "stepUpAt") WHERE id = $1 AND "tenantId" = $2 AND "revokedAt" IS NULL`,
    [sessionId, tenantId, tokenHash(sid), stepUpAt],
  )
  return rowCount === 1 ? sid : null
}

/** Signs one session out. False when there was none (or somebody else's: `holder` narrows). */
export async function revokeSession(tenantId: bigint, sessionId: bigint, now: Date, holder?: Holder): Promise<boolean> {
  const { rowCount } = await ownerPool().query(
    `UPDATE sessions SET "revokedAt" = $3
      WHERE id = $1 AND "tenantId" = $2 AND "revokedAt" IS NULL AND ($4::bigint IS NULL OR "memberId" = $4) AND ($5::bigint IS NULL OR "developerId" = $5)`,
    [sessionId, tenantId, now, holder && 'memberId' in holder ? holder.memberId : null, holder && 'developerId' in holder ? holder.developerId : null],
  )
  return rowCount === 1
}

/** Signs out the session behind a cookie, whoever's it is. */
export async function revokeSessionBySid(at: SessionRealm, sid: string, now: Date): Promise<void> {
  await ownerPool().query(`UPDATE sessions SET "revokedAt" = $4 WHERE hash = $1 AND "tenantId" = $2 AND realm = $3 AND "revokedAt" IS NULL`, [
    tokenHash(sid),
    at.tenantId,
    at.realm,
    now,
  ])
}

/** Signs somebody out everywhere, or everywhere but here (SES-4). Answers how many sessions ended. */
export async function revokeSessionsOf(tenantId: bigint, holder: Holder, now: Date, exceptSessionId: bigint | null = null): Promise<number> {
  const column = 'memberId' in holder ? '"memberId"' : '"developerId"'
  const { rowCount } = await ownerPool().query(
    `UPDATE sessions SET "revokedAt" = $3 WHERE "tenantId" = $1 AND ${column} = $2 AND "revokedAt" IS NULL AND ($4::bigint IS NULL OR id <> $4)`,
    [tenantId, 'memberId' in holder ? holder.memberId : holder.developerId, now, exceptSessionId],
  )
  return rowCount ?? 0
}

export type SessionListing = { id: bigint; address: string; userAgent: string; createdAt: Date; lastSeenAt: Date; current: boolean }

/** Where a member is signed in, the latest first. */
export async function listMemberSessions(tenantId: bigint, memberId: bigint, currentSessionId: bigint | null, now: Date): Promise<SessionListing[]> {
  return listSessions({ tenantId, realm: 'admin' }, memberId, currentSessionId, now)
}

/** Where a developer is signed in, the latest first. */
export async function listDeveloperSessions(tenantId: bigint, developerId: bigint, currentSessionId: bigint | null, now: Date): Promise<SessionListing[]> {
  return listSessions({ tenantId, realm: 'portal' }, developerId, currentSessionId, now)
}

async function listSessions({ tenantId, realm }: SessionRealm, personId: bigint, currentSessionId: bigint | null, now: Date): Promise<SessionListing[]> {
  const column = realm === 'admin' ? 's."memberId"' : 's."developerId"'
  const { rows } = await ownerPool().query<{ id: number; ip: string; userAgent: string; createdAt: Date; lastSeenAt: Date }>(
    `SELECT s.id, s.ip, s."userAgent", s."createdAt", s."lastSeenAt" FROM sessions s
      WHERE s."tenantId" = $1 AND ${column} = $2 AND s.realm = $5 AND ${live('$3', '$4')}
      ORDER BY s."lastSeenAt" DESC LIMIT 100`,
    [tenantId, personId, now, new Date(now.getTime() - sessionIdleMs[realm]), realm],
  )
  return rows.map((row) => ({ id: BigInt(row.id), address: row.ip, userAgent: row.userAgent, createdAt: row.createdAt, lastSeenAt: row.lastSeenAt, current: BigInt(row.id) === currentSessionId }))
}

/** Rows that can never live again, a month after their end; run by a job. Answers how many went. */
export async function deleteOldSessions(now: Date): Promise<number> {
  const { rowCount } = await ownerPool().query(`DELETE FROM sessions WHERE "expiresAt" < $1 OR "revokedAt" < $1`, [new Date(now.getTime() - 30 * 86_400_000)])
  return rowCount ?? 0
}

const live = (now: string, idleSince: string) => `s."revokedAt" IS NULL AND s."expiresAt" > ${now} AND s."lastSeenAt" > ${idleSince}`

async function noteSeen(row: { id: number; lastSeenAt: Date }, now: Date): Promise<void> {
  if (now.getTime() - row.lastSeenAt.getTime() < SEEN_EVERY_MS) return
  await ownerPool().query(`UPDATE sessions SET "lastSeenAt" = greatest("lastSeenAt", $2) WHERE id = $1`, [row.id, now])
}

export type { Realm, SessionRealm }
