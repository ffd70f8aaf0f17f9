/**
 * The fields of a form as an object for a schema: one value a string (or file), several of one name an array. Names
 * stay names: `a[not]` is a key called `a[not]`, never a nested object (ISO-9). Next's own `$ACTION` fields fall away.
 */
export function formToObject(form: FormData): Record<string, FormDataEntryValue | FormDataEntryValue[]> {
  const fields: Record<string, FormDataEntryValue | FormDataEntryValue[]> = {}
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$ACTION')) continue
    const values = form.getAll(name)
    Object.defineProperty(fields, name, { value: values.length === 1 ? values[0]! : values, enumerable: true, configurable: true, writable: true })
  }
  return fields
}
