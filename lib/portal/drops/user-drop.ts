import type { FieldErrors } from '@/lib/errors'
import type { FieldDto } from '@/lib/fields/queries'
import type { FieldValues } from '@/lib/fields/validate-values'
import { drop, typedText, type Drop } from '@/lib/liquid/values'
import { errorsDrop, fieldSets } from '@/lib/portal/assigns/field-drops'

export type UserFacts = {
  id: number
  email: string
  userName: string | null
  firstName: string
  lastName: string
  role: 'admin' | 'member'
  state: string
  hasPassword: boolean
  values: FieldValues
  fields: FieldDto[]
  errors?: FieldErrors
  account: Drop | null
  /** What the person who looks may do with this one. */
  can: { beManaged: boolean; beDestroyed: boolean; changeRole: boolean }
}

const roles = [
  { name: 'admin', description: 'Admin: manages the account, its people and its plans' },
  { name: 'member', description: 'Member: works with the applications' },
]

/** `user`. */
export function userDrop(facts: UserFacts): Drop {
  const { id, email, role, values, fields, can } = facts
  const fullName = `${facts.firstName} ${facts.lastName}`.trim()
  const name = typedText(fullName || facts.userName || email)
  return drop(
    'user',
    id,
    {
      id,
      'admin?': role === 'admin',
      username: typedText(facts.userName ?? email),
      name,
      first_name: typedText(facts.firstName),
      last_name: typedText(facts.lastName),
      email: typedText(email),
      account: facts.account,
      display_name: name,
      informal_name: typedText(facts.firstName || facts.userName || email),
      authentication_id: '',
      state: facts.state,
      'email_unverified?': false,
      invitation: null,
      'oauth2?': false,
      'using_password?': facts.hasPassword,
      'password_required?': facts.hasPassword,
      sections: [],
      role,
      roles_collection: roles,
      url: `/admin/account/users/${id}`,
      edit_url: `/admin/account/users/${id}/edit`,
      can: { 'be_destroyed?': can.beDestroyed, 'be_managed?': can.beManaged, 'be_update_role?': can.changeRole },
      ...fieldSets(fields, { object: 'user', values, errors: facts.errors }),
      errors: errorsDrop(facts.errors),
    },
    fullName || facts.userName || email,
  )
}

/** `current_user`: the same, with what the signed-in person may do. */
export function currentUserDrop(facts: UserFacts, may: { inviteUsers: boolean; createApplication: boolean }): Drop {
  const user = userDrop(facts)
  const can = { ...(user.can as Record<string, boolean>), 'invite_users?': may.inviteUsers, 'create_application?': may.createApplication }
  return { ...user, can, sso_authorizations: [] }
}
