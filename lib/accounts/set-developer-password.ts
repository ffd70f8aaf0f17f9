import { signDeveloperOut } from '@/lib/accounts/change-developer'
import { hashPasswordFor } from '@/lib/accounts/hash-password-for'
import { writeDeveloper } from '@/lib/accounts/write-account'
import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** A password the tenant sets for a person, who is signed out everywhere (SES-4). Throws `not_found`, `invalid` (PW-1). */
export async function setDeveloperPassword(ctx: Ctx, { developerId, password }: { developerId: bigint; password: string }): Promise<void> {
  const found = await ctx.db.developer.findUnique({ where: { id: developerId }, select: { email: true } })
  if (!found) throw notFound()
  const passwordHash = await hashPasswordFor({ email: found.email, password })
  await writeDeveloper(ctx, developerId, 'developer.password_changed', async (tx) => {
    await tx.developer.update({ where: { id: developerId }, data: { passwordHash } })
    await signDeveloperOut(tx, ctx, developerId)
    return { result: undefined }
  })
}
