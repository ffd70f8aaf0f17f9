import type { ComponentProps, ReactNode } from 'react'
import { type ButtonSize, type ButtonVariant, buttonStyle } from '@/components/ui/button-style'
import { Spinner } from '@/components/ui/spinner'

export type ButtonProps = ComponentProps<'button'> & {
  /** One primary per place. */
  variant?: ButtonVariant
  size?: ButtonSize
  /** Shows a spinner and blocks a second click. */
  pending?: boolean
  icon?: ReactNode
}

export function Button({ variant, size, pending = false, icon, className, children, type = 'button', disabled, ...rest }: ButtonProps) {
  return (
    <button type={type} className={buttonStyle(variant, size, className)} disabled={disabled || pending} aria-busy={pending || undefined} {...rest}>
      {pending ? <Spinner /> : icon}
      {children}
    </button>
  )
}
