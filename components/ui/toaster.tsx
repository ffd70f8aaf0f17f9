'use client'

import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { Toaster as Sonner } from 'sonner'

/** Once, in the root layout. Call `toast.success('Plan saved')` from 'sonner' anywhere. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      icons={{
        success: <CircleCheck aria-hidden className="size-4 text-good-text" />,
        error: <CircleAlert aria-hidden className="size-4 text-bad-text" />,
        warning: <TriangleAlert aria-hidden className="size-4 text-warn-text" />,
        info: <Info aria-hidden className="size-4 text-accent-text" />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: 'flex w-full items-start gap-2.5 rounded-lg border border-line bg-raised px-3.5 py-3 text-sm text-text shadow-pop sm:w-88',
          icon: 'mt-0.5',
          title: 'font-semibold',
          description: 'text-text-2',
          actionButton: 'ml-auto shrink-0 rounded-md border border-line-strong px-2 py-1 text-xs font-semibold hover:bg-sunken',
          cancelButton: 'shrink-0 text-xs text-text-3',
        },
      }}
    />
  )
}
