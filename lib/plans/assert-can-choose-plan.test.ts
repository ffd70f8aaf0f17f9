import { describe, expect, it } from 'vitest'
import { assertCanChoosePlan } from '@/lib/plans/assert-can-choose-plan'

const hidden = { kind: 'application', state: 'hidden' }
const published = { kind: 'application', state: 'published' }

describe('assertCanChoosePlan', () => {
  it.each(['developer', 'visitor'] as const)('ISO-10 answers a %s who posts a hidden plan as if it did not exist', (kind) => {
    expect(() => assertCanChoosePlan({ kind }, hidden)).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  it.each(['developer', 'visitor'] as const)('lets a %s choose a published plan', (kind) => {
    expect(() => assertCanChoosePlan({ kind }, published)).not.toThrow()
  })

  it.each(['member', 'system'] as const)('lets a %s place an account on a hidden plan', (kind) => {
    expect(() => assertCanChoosePlan({ kind }, hidden)).not.toThrow()
  })

  it('refuses an end-user plan for an application, whoever asks', () => {
    expect(() => assertCanChoosePlan({ kind: 'member' }, { kind: 'end_user', state: 'published' })).toThrow(expect.objectContaining({ code: 'not_found' }))
  })
})
