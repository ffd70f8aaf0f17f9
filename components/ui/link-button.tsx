import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { type ButtonSize, type ButtonVariant, buttonStyle } from '@/components/ui/button-style'

/** A link that looks like a button. Other hosts and downloads get a plain anchor. */
export function LinkButton({
  href,
  variant,
  size,
  icon,
  className,
  children,
  ...rest
}: Omit<ComponentProps<'a'>, 'href'> & { href: string; variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode }) {
  const look = buttonStyle(variant, size, className)
  const inside = (
    <>
      {icon}
      {children}
    </>
  )
  if (/^[a-z]+:/.test(href) || rest.download !== undefined)
    return (
      <a href={href} className={look} {...rest}>
        {inside}
      </a>
    )
  return (
    <Link href={href} className={look} {...rest}>
      {inside}
    </Link>
  )
}
