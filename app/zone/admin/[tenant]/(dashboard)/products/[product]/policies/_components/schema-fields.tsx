'use client'

import { Plus, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Checkbox, Switch } from '@/components/ui/choice'
import { Field, FieldError } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'

/** As much of JSON Schema as configurations of policies use, with our words for forms beside it. */
export type Schema = {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: string[]
  default?: unknown
  title?: string
  description?: string
  /** Of an enum: how each value is called. */
  labels?: string[]
  /** Of a list: what one of its items is. */
  item?: string
  hidden?: boolean
  secret?: boolean
  /** Whether it may be left empty depends on other fields: neither required nor optional. */
  sometimes?: boolean
  long?: boolean
}

export type Value = Record<string, unknown>

type Part = { schema: Schema; path: string; errors: Record<string, string[]> }

const SEALED = 'sealed:'

/** A form made of a schema, for one object. `errors` are by path, like `configuration.ips.0`. */
export function SchemaFields({ schema, value, path, errors, onChange }: Part & { value: Value; onChange: (value: Value) => void }) {
  const shown = Object.entries(schema.properties ?? {}).filter(([, each]) => !each.hidden)
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {errors[path] && <FieldError>{errors[path][0]}</FieldError>}
      {shown.map(([key, each]) => (
        <SchemaField
          key={key}
          name={key}
          schema={each}
          required={schema.required?.includes(key) ?? false}
          path={`${path}.${key}`}
          errors={errors}
          value={value[key]}
          onChange={(next) => onChange(withField(schema, value, key, next))}
        />
      ))}
    </div>
  )
}

function SchemaField({ name, schema, required, path, errors, value, onChange }: Part & { name: string; required: boolean; value: unknown; onChange: (value: unknown) => void }) {
  const label = schema.title ?? name
  const hint = schema.description
  const error = errors[path]?.[0]
  if (schema.type === 'boolean') return <Switch label={label} hint={error ?? hint} checked={(value ?? schema.default ?? false) === true} onChange={(event) => onChange(event.target.checked)} />
  if (schema.type === 'object')
    return (
      <Group label={label} hint={hint}>
        <SchemaFields schema={schema} path={path} errors={errors} value={(value as Value | undefined) ?? {}} onChange={onChange} />
      </Group>
    )
  if (schema.type === 'array') return <ListField {...{ label, hint, schema, path, errors, onChange }} value={(value as unknown[] | undefined) ?? []} />
  if (schema.enum)
    return (
      <Field label={label} hint={hint} error={error}>
        <Select value={String(value ?? schema.default ?? schema.enum[0])} onChange={(event) => onChange(event.target.value)} options={schema.enum.map((each, index) => ({ value: each, label: schema.labels?.[index] ?? each }))} />
      </Field>
    )
  const optional = !required && !schema.sometimes && schema.default === undefined
  if (schema.type === 'number' || schema.type === 'integer')
    return (
      <Field label={label} hint={hint} error={error} optional={optional} className="max-w-xs">
        <Input type="number" step={schema.type === 'integer' ? 1 : 'any'} value={String(value ?? schema.default ?? '')} onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))} />
      </Field>
    )
  const text = typeof value === 'string' ? value : undefined
  const kept = schema.secret && text?.startsWith(SEALED)
  return (
    <Field label={label} hint={kept ? 'Kept sealed. Write another to replace it.' : hint} error={error} optional={optional}>
      {schema.long ? (
        <Textarea rows={4} value={text ?? String(schema.default ?? '')} onChange={(event) => onChange(event.target.value)} spellCheck={false} />
      ) : (
        <Input
          mono
          value={kept ? '' : (text ?? String(schema.default ?? ''))}
          placeholder={kept ? '••••••••••••' : undefined}
          // An emptied field of a kept key keeps it: the dots come back.
          onChange={(event) => onChange(event.target.value === '' && kept ? value : event.target.value)}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
        />
      )}
    </Field>
  )
}

function ListField({ label, hint, schema, path, errors, value, onChange }: Part & { label: string; hint?: string; value: unknown[]; onChange: (value: unknown[]) => void }) {
  const items = schema.items ?? {}
  const error = errors[path]?.[0]
  if (items.enum) {
    const chosen = new Set(value.map(String))
    const toggle = (each: string) => onChange(items.enum!.filter((one) => (one === each ? !chosen.has(one) : chosen.has(one))))
    return (
      <Group label={label} hint={hint} error={error}>
        <div className="flex flex-wrap gap-x-4 gap-y-2">
          {items.enum.map((each, index) => (
            <Checkbox key={each} label={items.labels?.[index] ?? each} checked={chosen.has(each)} onChange={() => toggle(each)} />
          ))}
        </div>
      </Group>
    )
  }
  if (items.type !== 'object') {
    const wrong = error ?? Object.entries(errors).find(([key]) => key.startsWith(`${path}.`))?.[1][0]
    return (
      <Field label={label} hint={hint} error={wrong}>
        <Textarea mono rows={Math.min(8, Math.max(3, value.length + 1))} value={value.join('\n')} onChange={(event) => onChange(event.target.value === '' ? [] : event.target.value.split('\n'))} spellCheck={false} autoCapitalize="none" />
      </Field>
    )
  }
  const noun = schema.item ?? 'item'
  return (
    <Group label={label} hint={hint} error={error}>
      {value.map((each, index) => (
        <div key={index} className="relative rounded-lg border border-line bg-surface p-3 pr-10 sm:p-4 sm:pr-12">
          <Button variant="ghost" size="icon-sm" className="absolute top-2 right-2" aria-label={`Remove ${noun} ${index + 1}`} title="Remove" icon={<X aria-hidden />} onClick={() => onChange(value.toSpliced(index, 1))} />
          <SchemaFields schema={items} path={`${path}.${index}`} errors={errors} value={(each as Value | null) ?? {}} onChange={(next) => onChange(value.with(index, next))} />
        </div>
      ))}
      <div>
        <Button size="sm" variant="secondary" icon={<Plus aria-hidden />} onClick={() => onChange([...value, startOf(items)])}>
          Add {/^[aeiou]/.test(noun) ? 'an' : 'a'} {noun}
        </Button>
      </div>
    </Group>
  )
}

function Group({ label, hint, error, children }: { label: string; hint?: string; error?: string; children: React.ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 border-l-2 border-line pl-4">
      <legend className="float-left mb-2 w-full font-semibold">
        {label}
        {hint && <span className="block text-xs font-normal text-text-3">{hint}</span>}
      </legend>
      {children}
      {error && <FieldError>{error}</FieldError>}
    </fieldset>
  )
}

function withField(schema: Schema, value: Value, key: string, next: unknown): Value {
  const { [key]: _, ...others } = value
  if (next === undefined) return others
  // Whoever types `{{` means Liquid; the field beside it says so, and can be set back.
  const type = `${key}_type`
  const turnsLiquid = schema.properties?.[type] && typeof next === 'string' && next.includes('{{') && !String(value[key] ?? '').includes('{{')
  return { ...others, [key]: next, ...(turnsLiquid ? { [type]: 'liquid' } : {}) }
}

/** What a new object begins with: first choices and defaults, so that what is seen is what is saved. */
export function startOf(schema: Schema): Value {
  const start: Value = {}
  for (const [key, each] of Object.entries(schema.properties ?? {})) {
    if (each.default !== undefined) start[key] = each.default
    else if (!schema.required?.includes(key)) continue
    else if (each.enum) start[key] = each.enum[0]
    else if (each.type === 'array') start[key] = []
    else if (each.type === 'object') start[key] = startOf(each)
    else if (each.type === 'string') start[key] = ''
  }
  return start
}

/** What a person left empty is left out; lines of a list are trimmed. */
export function tidy(schema: Schema, value: unknown): unknown {
  if (schema.type === 'object' && typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => [key, schema.properties?.[key] ? tidy(schema.properties[key], each) : each] as const)
    const isEmpty = (each: unknown) => each === undefined || each === '' || (Array.isArray(each) && each.length === 0)
    return Object.fromEntries(entries.filter(([key, each]) => schema.required?.includes(key) || !isEmpty(each)))
  }
  if (schema.type === 'array' && Array.isArray(value) && schema.items) {
    if (schema.items.type === 'string' && !schema.items.enum) return value.map((each) => String(each).trim()).filter((each) => each !== '')
    return value.map((each) => tidy(schema.items!, each))
  }
  return value
}
