'use client'

import { useRouter } from 'next/navigation'
import { createContext, useContext, useState, useSyncExternalStore, useTransition, type ComponentProps, type FormEvent, type ReactNode, type SubmitEvent } from 'react'
import { toast } from 'sonner'
import { Button, type ButtonProps } from '@/components/ui/button'
import { useCallAction, type ActionResult } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import { cn } from '@/components/ui/class-names'
import { FormErrorsContext } from '@/components/ui/field'
import { readForm } from '@/components/ui/form-input'

export type { ActionResult } from '@/components/ui/call-action'

export type ActionFormProps<Data> = Omit<ComponentProps<'form'>, 'action' | 'onSubmit' | 'onReset'> & {
  // A method, so that an action with a narrower input fits: the action's own schema is what checks the value.
  action: { bivariance(input: unknown): Promise<ActionResult<Data>> }['bivariance']
  /** Default: `readForm` (typed by control). Use it to add ids or reshape. */
  toInput?: (input: Record<string, unknown>, form: HTMLFormElement) => unknown
  /** Toast on success, e.g. 'Plan saved'. */
  success?: string | ((data: Data | undefined) => string)
  onDone?: (data: Data | undefined) => void
  /** Where to go after success; `data.goTo` wins. */
  goTo?: string
  /** Empty the form after success (for "add another"). */
  resetOnDone?: boolean
  /** Neither go anywhere nor refresh the page's data after success. */
  stay?: boolean
  /** Load the next page anew: who is signed in has changed, nothing kept in the browser may stay. */
  hardNavigation?: boolean
}

const PendingContext = createContext(false)

/**
 * A form around a server action: pending state, field errors inline, other errors on top, toast on success; what was
 * typed stays on error. After success the page's data is refreshed.
 */
export function ActionForm<Data>({ action, toInput, success, onDone, goTo, resetOnDone, stay = false, hardNavigation = false, className, children, ...rest }: ActionFormProps<Data>) {
  const router = useRouter()
  const [pending, start] = useTransition()
  const [errors, setErrors] = useState<Record<string, string[]>>({})
  const [general, setGeneral] = useState<string | null>(null)
  const call = useCallAction()

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    // A form inside a dialog inside a form: React bubbles through portals, the outer one must not hear it.
    event.stopPropagation()
    const target = event.currentTarget
    const values = readForm(target, event.nativeEvent.submitter)
    const input = toInput ? toInput(values, target) : values
    start(async () => {
      const result = await call(action, input)
      if (!result) return
      if (result.ok) {
        setErrors({})
        setGeneral(null)
        if (success) toast.success(typeof success === 'function' ? success(result.data) : success)
        if (resetOnDone) target.reset()
        onDone?.(result.data)
        if (stay) return
        const next = pathIn(result.data) ?? goTo
        if (next && (hardNavigation || /^[a-z]+:/.test(next))) window.location.assign(next)
        else if (next) router.push(next)
        else router.refresh()
        return
      }
      const fields = result.error.fields ?? {}
      const known = Object.keys(fields).filter((name) => target.querySelector(`[name="${CSS.escape(name)}"]`))
      const unknownMessages = Object.entries(fields).flatMap(([name, messages]) => (known.includes(name) ? [] : messages))
      setErrors(fields)
      // The general words point at marked fields: where none is marked they would not be true.
      setGeneral(unknownMessages.join(' ') || (known.length === 0 ? result.error.message : null))
      target.querySelector<HTMLElement>(known.map((name) => `[name="${CSS.escape(name)}"]`).join(',') || '[data-form-error]')?.focus()
    })
  }

  // Something mended: its message goes as soon as the field changes. React's own event, not the DOM's: a render between
  // the two would put a controlled field back to what it was and swallow the first letter.
  function onInput(event: FormEvent<HTMLFormElement>) {
    const { name } = event.target as HTMLInputElement
    if (name) setErrors((before) => (name in before ? Object.fromEntries(Object.entries(before).filter(([key]) => key !== name)) : before))
  }

  return (
    <form method="post" noValidate={false} onSubmit={onSubmit} onInput={onInput} className={cn('flex flex-col gap-4', className)} {...rest}>
      <FormErrorsContext value={{ errors, clear: (name) => setErrors(({ [name]: _, ...others }) => others) }}>
        <PendingContext value={pending}>
          {general && (
            <div data-form-error tabIndex={-1} className="outline-none">
              <Callout kind="danger">{general}</Callout>
            </div>
          )}
          {children}
        </PendingContext>
      </FormErrorsContext>
    </form>
  )
}

/** The form's own button: pending while the action runs, and asleep until the page can hear it. */
export function SubmitButton({ variant = 'primary', pending, disabled, ...rest }: ButtonProps) {
  const running = useContext(PendingContext)
  const hydrated = useHydrated()
  return <Button type="submit" variant={variant} pending={pending || running} disabled={disabled || !hydrated} data-waiting={hydrated ? undefined : ''} {...rest} />
}

/** The row of buttons at a form's end. */
export function FormActions({ children, className }: { children: ReactNode; className?: string }) {
  return <div data-form-actions className={cn('flex flex-wrap items-center gap-2 pt-1', className)}>{children}</div>
}

/**
 * For buttons without a form: runs a server action, toasts the outcome, refreshes. Answers the data, or undefined
 * when it failed.
 */
export function useAction<Input, Data>(action: (input: Input) => Promise<ActionResult<Data>>, options: { success?: string; onDone?: (data: Data | undefined) => void; goTo?: string } = {}) {
  const router = useRouter()
  const [pending, start] = useTransition()
  const call = useCallAction()
  const run = (input: Input) =>
    start(async () => {
      const result = await call(action, input)
      if (!result) return
      if (!result.ok) {
        toast.error([result.error.message, ...Object.values(result.error.fields ?? {}).flat()].join(' '))
        return
      }
      if (options.success) toast.success(options.success)
      options.onDone?.(result.data)
      const next = pathIn(result.data) ?? options.goTo
      if (next) router.push(next)
      else router.refresh()
    })
  return { run, pending }
}

/** True once the page listens: the server's HTML and the first render say false. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
}

export function pathIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('goTo' in data)) return undefined
  return typeof data.goTo === 'string' ? data.goTo : undefined
}
