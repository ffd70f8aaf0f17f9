import type { FieldTarget } from '@/lib/fields/built-in'

export const targetWords: Record<FieldTarget, { title: string; hint: string }> = {
  account: { title: 'Accounts', hint: 'The partner company.' },
  user: { title: 'Users', hint: 'The people of an account. They sign in with their e-mail.' },
  application: { title: 'Applications', hint: 'What a partner builds. Sign-up asks for the required ones only.' },
}
