import type { EventJob } from '@/lib/jobs/job-names'
import type { TenantTx } from '@/lib/db/tenant-db'
import { tenantDb } from '@/lib/db/tenant-db'
import { queueMail } from '@/lib/mail/queue-mail'
import { publicOrigin } from '@/lib/zones/public-origin'
import { makeOneTimeToken, type TokenPurpose } from '@/lib/tenants/one-time-tokens'
import { TooManyMails } from '@/lib/worker/too-many-mails'

type Recipient = { id: bigint; name: string; email: string; state: string; passwordHash: string | null }

/**
 * The mails to members that follow from events. The token of a link is made here, with the mail and in its transaction:
 * it stands in no event and no job (KEY-5). State is looked at again, because the job may run late or twice (JOB-1).
 */
export async function mailForEvent({ tenantId, eventId, type }: EventJob, { now }: { now: Date }): Promise<void> {
  await tenantDb(BigInt(tenantId)).$transaction(async (tx) => {
    const event = await tx.event.findUnique({ where: { id: BigInt(eventId) }, select: { data: true } })
    const tenant = await tx.tenant.findFirst({ where: { id: BigInt(tenantId), state: 'active' }, select: { id: true, name: true } })
    const host = await tx.host.findFirst({ where: { zone: 'admin' }, orderBy: { id: 'asc' }, select: { name: true } })
    if (!event || !tenant || !host) return
    const madeFor = `event ${eventId}`
    // Seen before, so a second run must not void the link that was sent.
    if (await tx.mail.findFirst({ where: { madeFor }, select: { id: true } })) return
    const { memberId, email } = event.data as { memberId?: number | null; email?: string }
    const member = memberId ? await tx.member.findUnique({ where: { id: BigInt(memberId) } }) : null
    const letter = { tx, tenant, origin: publicOrigin(host.name), madeFor, now }

    if (type === 'member.password_reset_requested' && !member) return void (email && (await tellNobody(letter, email)))
    if (!member) return
    if (type === 'member.confirmation_requested' && member.state === 'pending' && member.passwordHash) return sendLink(letter, member, 'confirm-email', 'confirm_email', '/confirm-email')
    if (type === 'member.password_reset_requested' && member.state !== 'suspended')
      // Invited and not here yet: there is no password to reset, the invitation is what is missing.
      return member.passwordHash ? sendLink(letter, member, 'reset-password', 'reset_password', '/reset-password') : sendLink(letter, member, 'invitation', 'invitation', '/invitation')
    if (type === 'member.invited' && member.state === 'pending') return sendLink(letter, member, 'invitation', 'invitation', '/invitation')
    if (type === 'member.password_changed')
      await queueMail(tx, { tenantId: tenant.id, kind: 'password-changed', to: member.email, facts: { name: member.name, organisation: tenant.name, link: `${letter.origin}/forgot-password` }, madeFor, now })
  })
}

type Letter = { tx: TenantTx; tenant: { id: bigint; name: string }; origin: string; madeFor: string; now: Date }

async function sendLink({ tx, tenant, origin, madeFor, now }: Letter, member: Recipient, kind: 'confirm-email' | 'reset-password' | 'invitation', purpose: TokenPurpose, path: string): Promise<void> {
  const token = await makeOneTimeToken(tx, purpose, { tenantId: tenant.id, memberId: member.id }, now)
  const facts = { name: member.name, organisation: tenant.name, link: `${origin}${path}?token=${token}` }
  const queued = await queueMail(tx, { tenantId: tenant.id, kind, to: member.email, facts, madeFor, now })
  // Over the hourly limit: the transaction is undone, so that the links already sent stay good.
  if (!queued) throw new TooManyMails()
}

async function tellNobody({ tx, tenant, origin, madeFor, now }: Letter, email: string): Promise<void> {
  await queueMail(tx, { tenantId: tenant.id, kind: 'no-account', to: email, facts: { organisation: tenant.name, link: `${origin}/forgot-password` }, madeFor, now })
}
