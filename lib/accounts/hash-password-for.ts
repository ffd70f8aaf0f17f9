import { invalid } from '@/lib/errors'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'

/** The hash of a developer's first password, or null where none is given: the person chooses one by mail. Throws `invalid` (PW-1). */
export async function hashPasswordFor({ email, password }: { email: string; password?: string }, field = 'password'): Promise<string | null> {
  if (!password) return null
  const problem = findPasswordProblem(password, { kind: 'developer', email })
  if (problem) throw invalid({ [field]: [problem] })
  return hashPassword(password)
}
