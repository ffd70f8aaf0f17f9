import { hashPassword } from '@/lib/passwords/hash-password'
import { permissions, type Ctx, type Permission } from '@/lib/tenants/context'

/** For tests: a password that passes the rules, and members who use it. */
export const goodPassword = 'violet tram over Lyon'

let count = 0
let hashed: Promise<string> | undefined

type Wanted = { name?: string; email?: string; userName?: string; role?: 'admin' | 'member'; permissions?: Permission[]; state?: 'active' | 'pending' | 'suspended' }

/** An active member of the tenant, an admin unless told otherwise. */
export async function makeMember(ctx: Ctx, wanted: Wanted = {}) {
  const { name = `Member ${++count}`, email = `member${count}@example.com`, userName = null, role = 'admin', state = 'active', permissions: held = [] } = wanted
  const passwordHash = await (hashed ??= hashPassword(goodPassword))
  return ctx.db.member.create({
    data: { tenantId: ctx.tenant.id, name, email, emailNormal: email.toLowerCase(), userName, userNameNormal: userName?.toLowerCase() ?? null, role, permissions: held, state, passwordHash },
  })
}

/** The tenant's context as a member of it has it. */
export function contextOf(ctx: Ctx, member: { id: bigint; name: string; email: string; role: string; permissions: string[] }, sessionId = 0n): Ctx {
  const role = member.role === 'admin' ? 'admin' : 'member'
  const actor = { kind: 'member', id: member.id, name: member.name, email: member.email, role, sessionId } as const
  return {
    ...ctx,
    actor,
    permissions: new Set(role === 'admin' ? permissions : permissions.filter((permission) => member.permissions.includes(permission))),
    audit: { ...ctx.audit, actor: { kind: 'member', id: member.id, name: member.name } },
  }
}

/** The tenant's context as somebody has it who is not signed in. */
export function visitorOf(ctx: Ctx, address: string | null = '203.0.113.7'): Ctx {
  const actor = { kind: 'visitor', id: null, name: 'Visitor' } as const
  return { ...ctx, actor, permissions: new Set(), audit: { ...ctx.audit, actor, address } }
}
