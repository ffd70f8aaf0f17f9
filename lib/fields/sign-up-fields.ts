import type { FieldTarget } from '@/lib/fields/built-in'
import type { FieldDto } from '@/lib/fields/queries'
import { writableFields } from '@/lib/fields/validate-values'

/**
 * What the sign-up form asks for, in its order: the person, the organisation, and what a first application needs. The
 * application's name is not asked for: it has one of ours, "<organisation>'s App". Pure.
 */
export function signUpFields(fields: Record<FieldTarget, FieldDto[]>): Record<FieldTarget, FieldDto[]> {
  return {
    user: writableFields(fields.user, { side: 'partner' }),
    account: writableFields(fields.account, { side: 'partner' }),
    application: writableFields(fields.application, { side: 'partner', only: 'required' }).filter(({ name, builtIn }) => !(builtIn && name === 'name')),
  }
}
