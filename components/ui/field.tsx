'use client'

import { CircleAlert } from 'lucide-react'
import { createContext, useContext, useId, type ComponentProps, type ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'

type FieldFacts = { id: string; name?: string; describedBy?: string; invalid: boolean }

const FieldContext = createContext<FieldFacts | null>(null)

/** Errors by field name, provided by `ActionForm`; a `Field` finds its own by `name`. */
export const FormErrorsContext = createContext<{ errors: Record<string, string[]>; clear: (name: string) => void }>({ errors: {}, clear: () => {} })

export type FieldProps = {
  label: ReactNode
  /** Name of the control inside; also the key of its server-side errors. */
  name?: string
  hint?: ReactNode
  error?: string
  optional?: boolean
  /** Keep the label for screen readers only. */
  hideLabel?: boolean
  className?: string
  children: ReactNode
}

/** Label, one control, hint, error; wires ids so that the control is described by both. */
export function Field({ label, name, hint, error, optional, hideLabel, className, children }: FieldProps) {
  const base = useId()
  const { errors } = useContext(FormErrorsContext)
  const message = error ?? (name ? errors[name]?.[0] : undefined)
  const id = `${base}control`
  const describedBy = [message && `${base}error`, hint && `${base}hint`].filter(Boolean).join(' ') || undefined
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <Label htmlFor={id} className={hideLabel ? 'sr-only' : undefined}>
        {label}
        {optional && <span className="ml-1.5 font-normal text-text-3">optional</span>}
      </Label>
      <FieldContext value={{ id, name, describedBy, invalid: Boolean(message) }}>{children}</FieldContext>
      {hint && (
        <p id={`${base}hint`} className="text-xs text-text-3">
          {hint}
        </p>
      )}
      {message && <FieldError id={`${base}error`}>{message}</FieldError>}
    </div>
  )
}

export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} role="alert" className="flex items-start gap-1.5 text-xs text-bad-text">
      <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
      <span>{children}</span>
    </p>
  )
}

/** The server's word about a group of controls of one name, for groups that no `Field` surrounds. */
export function FieldErrorOf({ name }: { name: string }) {
  const message = useContext(FormErrorsContext).errors[name]?.[0]
  return message ? <FieldError>{message}</FieldError> : null
}

export function Label({ className, ...rest }: ComponentProps<'label'>) {
  return <label className={cn('text-sm font-semibold', className)} {...rest} />
}

/** What a control takes from the field around it; its own props win. */
export function useFieldControl<P extends { id?: string; name?: string; 'aria-describedby'?: string; 'aria-invalid'?: unknown }>(props: P) {
  const field = useContext(FieldContext)
  const { errors } = useContext(FormErrorsContext)
  const name = props.name ?? field?.name
  const invalid = field?.invalid || (name !== undefined && errors[name] !== undefined)
  return {
    id: props.id ?? field?.id,
    name,
    'aria-describedby': props['aria-describedby'] ?? field?.describedBy,
    'aria-invalid': invalid ? (true as const) : undefined,
  }
}
