'use client'

import { useContext, useId, type ComponentProps, type ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { FieldError, FormErrorsContext } from '@/components/ui/field'

type ChoiceProps = Omit<ComponentProps<'input'>, 'type'> & { label?: ReactNode; hint?: ReactNode; hideLabel?: boolean }

/** The box alone, for tables. */
export const tickBox =
  'ticked size-4 shrink-0 appearance-none rounded-sm border border-line-strong bg-surface bg-center bg-no-repeat shadow-card transition-colors hover:border-text-3 ' +
  'checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:opacity-50'

/** Without a `value` it is a yes or no (the form helper sends a boolean); with one it joins a list of its name. */
export function Checkbox({ label, hint, hideLabel, className, ...rest }: ChoiceProps) {
  return (
    <Choice label={label} hint={hint} hideLabel={hideLabel} className={className}>
      {(ids) => (
        <input
          type="checkbox"
          className={cn(tickBox, 'mt-0.5')}
          {...rest}
          {...ids}
        />
      )}
    </Choice>
  )
}

/** A switch acts at once or on save; either way it is a checkbox underneath. */
export function Switch({ label, hint, hideLabel, className, ...rest }: ChoiceProps) {
  return (
    <Choice label={label} hint={hint} hideLabel={hideLabel} className={className}>
      {(ids) => (
        <input
          type="checkbox"
          role="switch"
          className={cn(
            'relative h-5 w-8 shrink-0 appearance-none rounded-full bg-text-3 transition-colors duration-100 checked:bg-accent disabled:opacity-50',
            'before:absolute before:top-0.5 before:left-0.5 before:size-4 before:rounded-full before:bg-white before:transition-transform before:duration-100 checked:before:translate-x-3',
            'focus-visible:rounded-full',
          )}
          {...rest}
          {...ids}
        />
      )}
    </Choice>
  )
}

function Choice({
  label,
  hint,
  hideLabel,
  className,
  children,
}: {
  label?: ReactNode
  hint?: ReactNode
  hideLabel?: boolean
  className?: string
  children: (ids: { id?: string; 'aria-describedby'?: string }) => ReactNode
}) {
  const id = useId()
  if (!label) return <>{children({})}</>
  return (
    <div className={cn('flex items-start gap-2', className)}>
      {children({ id, 'aria-describedby': hint ? `${id}hint` : undefined })}
      <div className={hideLabel ? 'sr-only' : 'min-w-0'}>
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint && (
          <p id={`${id}hint`} className="text-xs text-text-3">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

export type RadioOption = { value: string; label: ReactNode; hint?: ReactNode; disabled?: boolean }

/** One of few, all visible. `cards` gives each option a frame, for choices that deserve a sentence. */
export function RadioGroup({
  name,
  legend,
  options,
  defaultValue,
  value,
  onValueChange,
  cards = false,
  hideLegend = false,
  className,
}: {
  name: string
  legend: ReactNode
  options: RadioOption[]
  defaultValue?: string
  value?: string
  onValueChange?: (value: string) => void
  cards?: boolean
  hideLegend?: boolean
  className?: string
}) {
  const base = useId()
  const { errors } = useContext(FormErrorsContext)
  const message = errors[name]?.[0]
  return (
    <fieldset className={cn('min-w-0', className)} aria-describedby={message ? `${base}error` : undefined}>
      <legend className={hideLegend ? 'sr-only' : 'mb-1.5 text-sm font-semibold'}>{legend}</legend>
      <div className={cards ? 'grid gap-2 sm:grid-cols-2' : 'flex flex-col gap-2'}>
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex items-start gap-2 text-sm',
              cards && 'rounded-lg border border-line-strong bg-surface p-3 transition-colors hover:border-text-3 has-[:checked]:border-accent has-[:checked]:bg-accent-soft',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              disabled={option.disabled}
              {...(value === undefined ? { defaultChecked: defaultValue === option.value } : { checked: value === option.value })}
              onChange={onValueChange ? () => onValueChange(option.value) : undefined}
              className="mt-0.5 size-4 shrink-0 appearance-none rounded-full border border-line-strong bg-surface shadow-card transition-all checked:border-[5px] checked:border-accent focus-visible:rounded-full disabled:opacity-50"
            />
            <span className="min-w-0">
              <span className={cards ? 'font-semibold' : undefined}>{option.label}</span>
              {option.hint && <span className="block text-xs text-text-2">{option.hint}</span>}
            </span>
          </label>
        ))}
      </div>
      {message && (
        <div className="mt-1.5">
          <FieldError id={`${base}error`}>{message}</FieldError>
        </div>
      )}
    </fieldset>
  )
}
