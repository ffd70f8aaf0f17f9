import { expect, it } from 'vitest'
import { sayAction, sayField, sayNoun, sayValue } from './audit-words'

it('an entry is said in words', () => {
  expect(sayAction('product.promoted')).toBe('Promoted to production')
  expect(sayAction('plan.limits_changed')).toBe('Plan limits changed')
  expect(sayAction('end_user.plan_changed')).toBe('End-user plan changed')
  expect(sayNoun('mapping_rule')).toBe('Mapping rules')
  expect(sayField('endUserRegistrationRequired')).toBe('End user registration required')
  expect([sayValue(null), sayValue(true), sayValue([]), sayValue(['plans', 'partners']), sayValue(0)]).toEqual(['—', 'yes', 'none', 'plans, partners', '0'])
})
