import { isUniqueViolation } from '@/lib/db/violations'
import { invalid } from '@/lib/errors'

/** For `.catch()` of a write on developers: a unique violation as a sentence at the right field; `prefix` is the field's place in the form, `names` what it is called there. */
export function emailTakenOr(prefix = '', { userName = 'userName' } = {}): (error: unknown) => never {
  return (error) => {
    if (isUniqueViolation(error, 'developers_tenantId_userNameNormal_key')) throw invalid({ [`${prefix}${userName}`]: ['Somebody has this user name already.'] })
    if (isUniqueViolation(error, 'developers_tenantId_emailNormal_key')) throw invalid({ [`${prefix}email`]: ['Somebody uses this e-mail address already.'] })
    throw error
  }
}
