import { describe, expect, it } from 'vitest'
import { toInput } from '@/components/ui/form-input'

describe('a form becomes the value its action expects', () => {
  it('keeps an unticked checkbox as false and a blank number as null', () => {
    expect(toInput([{ name: 'isDefault', kind: 'flag', checked: false }, { name: 'max', kind: 'number', value: ' ' }, { name: 'min', kind: 'number', value: '15' }])).toEqual({
      isDefault: false,
      max: null,
      min: 15,
    })
  })

  it('collects ticked boxes of one name and gives an empty list when none is ticked', () => {
    const box = (value: string, checked: boolean) => ({ name: 'permissions', kind: 'item' as const, value, checked })
    expect(toInput([box('plans', true), box('portal', false), box('gateway', true)])).toEqual({ permissions: ['plans', 'gateway'] })
    expect(toInput([box('plans', false)])).toEqual({ permissions: [] })
  })

  it('nests dotted names and never writes to a prototype', () => {
    expect(
      toInput([
        { name: 'limits.0.value', kind: 'number', value: '3' },
        { name: 'limits.0.period', kind: 'text', value: 'day' },
        { name: 'answers.authFailed.status', kind: 'number', value: '403' },
        { name: '__proto__.polluted', kind: 'text', value: 'yes' },
      ]),
    ).toEqual({ limits: [{ value: 3, period: 'day' }], answers: { authFailed: { status: 403 } } })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
