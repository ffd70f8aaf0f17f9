import { invalid } from '@/lib/errors'
import { findBuiltIn, type FieldTarget } from '@/lib/fields/built-in'

type Rules = { target: FieldTarget; name: string; builtIn: boolean; required: boolean; hidden: boolean; readOnly: boolean; choices: string[] }

/** What cannot be true of one field at the same time (reference portal 2). Throws `invalid`. */
export function assertFieldRules({ target, name, builtIn, required, hidden, readOnly, choices }: Rules): void {
  const fixed = builtIn && findBuiltIn(target, name)?.required
  if (fixed && !required) throw invalid({ required: ['This field is always required.'] })
  if (required && hidden) throw invalid({ hidden: ['A required field cannot be hidden: nobody could fill it in.'] })
  if (required && readOnly) throw invalid({ readOnly: ['A required field cannot be read-only: nobody could fill it in.'] })
  if (builtIn && choices.length > 0 && (name === 'email' || name === 'username')) throw invalid({ choices: ['Everybody has an own one: leave the choices empty.'] })
}
