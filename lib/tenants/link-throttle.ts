import { networkOf } from '@/lib/throttle/network-of'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'
import type { Ctx } from '@/lib/tenants/context'

/** PW-2 for mails that anybody may ask for: by tenant and address of mail, and by address of the network. Throws `too_many_requests`. */
export async function assertMayAskForMail(ctx: Ctx, bucket: 'reset_password' | 'confirm_email', email: string): Promise<void> {
  assertAllowed(await throttle().take(bucket, `${ctx.tenant.id}.login.${email}`))
  if (ctx.audit.address !== null) assertAllowed(await throttle().take(bucket, `${ctx.tenant.id}.address.${networkOf(ctx.audit.address)}`))
}

/** PW-2 for links of mails: nobody tries thousands, though none could be guessed. Throws `too_many_requests`. */
export async function assertMayTryLinks(ctx: Ctx): Promise<void> {
  if (ctx.audit.address !== null) assertAllowed(await throttle().take('access_token', networkOf(ctx.audit.address)))
}
