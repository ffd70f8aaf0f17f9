/**
 * Turns a form into the value its action's schema expects: a checkbox without a value becomes a boolean, several with
 * one become a list, number inputs numbers (blank: null), files `File`s, and dotted names (`limits.0.value`) nest.
 */
export function readForm(form: HTMLFormElement, submitter?: HTMLElement | null): Record<string, unknown> {
  const entries: FormEntry[] = []
  for (const element of form.elements) {
    const control = element as HTMLInputElement
    if (!control.name || control.disabled || control.matches('fieldset:disabled *')) continue
    if (control instanceof HTMLButtonElement) {
      if (control === submitter) entries.push({ name: control.name, kind: 'text', value: control.value })
    } else if (control instanceof HTMLSelectElement && control.multiple) {
      entries.push({ name: control.name, kind: 'list', value: [...control.selectedOptions].map((option) => option.value) })
    } else if (control.type === 'checkbox') {
      const hasValue = control.getAttribute('value') !== null
      entries.push(hasValue ? { name: control.name, kind: 'item', value: control.value, checked: control.checked } : { name: control.name, kind: 'flag', checked: control.checked })
    } else if (control.type === 'radio') {
      if (control.checked) entries.push({ name: control.name, kind: 'text', value: control.value })
    } else if (control.type === 'number') entries.push({ name: control.name, kind: 'number', value: control.value })
    else if (control.type === 'file') {
      const files = [...(control.files ?? [])]
      entries.push({ name: control.name, kind: 'file', value: control.multiple ? files : (files[0] ?? null) })
    } else entries.push({ name: control.name, kind: 'text', value: control.value })
  }
  return toInput(entries)
}

export type FormEntry =
  | { name: string; kind: 'text' | 'number'; value: string }
  | { name: string; kind: 'list'; value: string[] }
  | { name: string; kind: 'item'; value: string; checked: boolean }
  | { name: string; kind: 'flag'; checked: boolean }
  | { name: string; kind: 'file'; value: File | File[] | null }

/** Pure half of `readForm`. */
export function toInput(entries: FormEntry[]): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const entry of entries) {
    if (entry.kind === 'item') {
      const list = (read(input, entry.name) as string[] | undefined) ?? []
      write(input, entry.name, entry.checked ? [...list, entry.value] : list)
    } else if (entry.kind === 'flag') write(input, entry.name, entry.checked)
    else if (entry.kind === 'number') write(input, entry.name, entry.value.trim() === '' ? null : Number(entry.value))
    else write(input, entry.name, entry.value)
  }
  return input
}

const unsafe = new Set(['__proto__', 'constructor', 'prototype'])

function read(input: Record<string, unknown>, name: string): unknown {
  return name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], input)
}

function write(input: Record<string, unknown>, name: string, value: unknown): void {
  const keys = name.split('.')
  if (keys.some((key) => unsafe.has(key))) return
  let at = input
  keys.forEach((key, index) => {
    if (index === keys.length - 1) at[key] = value
    else at = (at[key] ??= /^\d+$/.test(keys[index + 1] as string) ? [] : {}) as Record<string, unknown>
  })
}
