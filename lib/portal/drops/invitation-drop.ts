import type { FieldErrors } from '@/lib/errors'
import type { InvitationDto } from '@/lib/accounts/invite-developer'
import { drop, typedText, type Drop } from '@/lib/liquid/values'
import { errorsDrop } from '@/lib/portal/assigns/field-drops'

/** `invitation`. Its token is known to the invited alone. */
export function invitationDrop({ id, email, accepted, acceptedAt, sentAt }: InvitationDto): Drop {
  const url = `/admin/account/invitations/${id}`
  return drop(
    'invitation',
    id,
    { id, token: '', email: typedText(email), 'accepted?': accepted, accepted_at: acceptedAt?.toISOString() ?? null, sent_at: sentAt.toISOString(), resend_url: `${url}/resend`, url, errors: errorsDrop({}) },
    email,
  )
}

/** The one that is being written. */
export function newInvitationDrop(email = '', errors: FieldErrors = {}): Drop {
  return drop('invitation', 0, { id: null, token: '', email: typedText(email), 'accepted?': false, accepted_at: null, sent_at: null, resend_url: '', url: '/admin/account/invitations', errors: errorsDrop(errors) })
}
