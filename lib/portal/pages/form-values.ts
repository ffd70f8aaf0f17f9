import type { FormTree } from '@/lib/portal/portal-route'

/** A text field; anything else that was sent under its name is empty. */
export function textField(form: FormTree, name: string): string {
  const value = Object.hasOwn(form, name) ? form[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** Fields below a name, `account[...]`: texts and lists. */
export function fieldsBelow(form: FormTree, name: string): Record<string, string | string[]> {
  const below = Object.hasOwn(form, name) ? form[name] : undefined
  if (below === undefined || typeof below === 'string' || Array.isArray(below)) return {}
  return Object.fromEntries(Object.entries(below).filter((entry): entry is [string, string | string[]] => typeof entry[1] === 'string' || Array.isArray(entry[1])))
}

/** The form below a name. */
export function formBelow(form: FormTree, name: string): FormTree {
  const below = Object.hasOwn(form, name) ? form[name] : undefined
  return below !== undefined && typeof below === 'object' && !Array.isArray(below) ? below : {}
}

/** Ids out of `plan_ids[]`; what is no id falls away. */
export function idsOf(values: readonly string[]): bigint[] {
  return values.filter((value) => /^[1-9]\d{0,15}$/.test(value) && Number.isSafeInteger(Number(value))).slice(0, 50).map(BigInt)
}
