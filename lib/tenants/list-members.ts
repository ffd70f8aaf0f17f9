import type { Ctx } from '@/lib/tenants/context'

export type MemberListing = {
  id: bigint
  name: string
  email: string
  role: 'admin' | 'member'
  permissions: string[]
  /** `invited`: has not used the link; `unconfirmed`: has not confirmed the e-mail. */
  state: 'active' | 'invited' | 'unconfirmed' | 'suspended'
  createdAt: Date
  lastSeenAt: Date | null
  self: boolean
}

/** Everybody who may enter the dashboard, admins first, then by name. A tenant has tens of members, not thousands. */
export async function listMembers(ctx: Ctx): Promise<MemberListing[]> {
  const rows = await ctx.db.member.findMany({ orderBy: [{ role: 'asc' }, { name: 'asc' }, { id: 'asc' }], take: 1000 })
  const seen = await ctx.db.session.groupBy({ by: ['memberId'], where: { realm: 'admin', memberId: { not: null } }, _max: { lastSeenAt: true } })
  const lastSeen = new Map(seen.map((row) => [row.memberId, row._max.lastSeenAt]))
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role === 'admin' ? 'admin' : 'member',
    permissions: row.permissions,
    state: row.state === 'pending' ? (row.passwordHash === null ? 'invited' : 'unconfirmed') : row.state === 'suspended' ? 'suspended' : 'active',
    createdAt: row.createdAt,
    lastSeenAt: lastSeen.get(row.id) ?? null,
    self: ctx.actor.kind === 'member' && ctx.actor.id === row.id,
  }))
}
