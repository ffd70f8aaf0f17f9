import type { DeveloperRole } from '@/lib/accounts/schema'
import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import type { Ctx } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'

type NewDeveloper = { email: string; userName?: string | null; firstName?: string; lastName?: string; role?: DeveloperRole; extra?: Prisma.InputJsonObject }

/** The row of a developer whom the tenant adds: active at once, the address counts as known. */
export async function insertDeveloper(tx: TenantTx, ctx: Ctx, accountId: bigint, input: NewDeveloper, passwordHash: string | null): Promise<{ id: bigint }> {
  return tx.developer.create({
    data: {
      tenantId: ctx.tenant.id,
      accountId,
      email: input.email,
      emailNormal: normalEmail(input.email)!,
      userName: input.userName ?? null,
      userNameNormal: input.userName ? normalUserName(input.userName) : null,
      firstName: input.firstName ?? '',
      lastName: input.lastName ?? '',
      role: input.role ?? 'member',
      extra: input.extra,
      state: 'active',
      passwordHash,
      emailConfirmedAt: ctx.now,
    },
    select: { id: true },
  })
}
