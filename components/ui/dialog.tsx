'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useState, type ComponentProps, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Input } from '@/components/ui/input'
import { Field } from '@/components/ui/field'

type Shared = {
  /** The element that opens it; leave out when `open` is controlled. */
  trigger?: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
  title: ReactNode
  description?: ReactNode
}

// As high as what it lies under: a dialog over a dialog dims the lower one, because it comes later.
const overlay = 'fixed inset-0 z-50 bg-overlay data-[state=open]:animate-fade-in'

function CloseButton() {
  return (
    <Radix.Close aria-label="Close" className="absolute top-3 right-3 grid size-7 place-items-center rounded-md text-text-3 hover:bg-sunken hover:text-text">
      <X aria-hidden className="size-4" />
    </Radix.Close>
  )
}

/** Children may be a function that receives `close`. */
export function Dialog({
  trigger,
  open,
  onOpenChange,
  title,
  description,
  size = 'md',
  children,
}: Shared & { size?: 'sm' | 'md' | 'lg'; children: ReactNode | ((close: () => void) => ReactNode) }) {
  const [inner, setInner] = useState(false)
  const shown = open ?? inner
  const set = onOpenChange ?? setInner
  return (
    <Panel
      {...{ trigger, title, description }}
      open={shown}
      onOpenChange={set}
      className={cn(
        'top-[10dvh] left-1/2 max-h-[80dvh] w-[calc(100vw-2rem)] -translate-x-1/2 rounded-xl border border-line bg-raised data-[state=open]:animate-fade-in',
        size === 'sm' ? 'max-w-sm' : size === 'md' ? 'max-w-lg' : 'max-w-3xl',
      )}
    >
      <div className="dialog-body min-h-0 overflow-y-auto rounded-b-xl px-5 py-4">{typeof children === 'function' ? children(() => set(false)) : children}</div>
    </Panel>
  )
}

/** What a dialog and a sheet share: something over the page, with a title and a way out. */
function Panel({ trigger, open, onOpenChange, title, description, hideTitle = false, className, children }: Shared & { hideTitle?: boolean; className: string; children: ReactNode }) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <DialogContent {...(description ? {} : { 'aria-describedby': undefined })} className={cn('fixed z-50 flex flex-col shadow-pop outline-none', className)}>
          <div className={hideTitle ? 'sr-only' : 'border-b border-line px-5 py-4 pr-12'}>
            <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
            {description && <Radix.Description className="mt-0.5 text-sm text-text-2">{description}</Radix.Description>}
          </div>
          {children}
          <CloseButton />
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Gives the focus back to what had it before, also where no trigger is known. */
export function DialogContent(props: ComponentProps<typeof Radix.Content>) {
  const [opener] = useState(openerNow)
  return (
    <Radix.Content
      {...props}
      onCloseAutoFocus={(event) => {
        if (!opener?.isConnected) return
        event.preventDefault()
        opener.focus()
      }}
    />
  )
}

/** What has the focus; for an item of a menu, which is gone by then, the button that opened the menu. */
function openerNow(): HTMLElement | null {
  const focused = document.activeElement
  if (!(focused instanceof HTMLElement) || focused === document.body) return null
  const menu = focused.closest('[role="menu"]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : focused
}

/** A panel from the side: details beside a list, navigation on phones. */
export function Sheet({
  trigger,
  open,
  onOpenChange,
  title,
  description,
  side = 'right',
  hideTitle,
  width = 'w-[min(28rem,calc(100vw-2.5rem))]',
  className = 'bg-raised',
  children,
}: Shared & { side?: 'left' | 'right'; hideTitle?: boolean; width?: string; className?: string; children: ReactNode }) {
  return (
    <Panel
      {...{ trigger, open, onOpenChange, title, description, hideTitle }}
      className={cn(
        'inset-y-0',
        width,
        side === 'right' ? 'right-0 border-l border-line data-[state=open]:animate-slide-in-right' : 'left-0 border-r border-line data-[state=open]:animate-slide-in-left',
        className,
      )}
    >
      <div className={cn('min-h-0 flex-1 overflow-y-auto', hideTitle ? '' : 'px-5 py-4')}>{children}</div>
    </Panel>
  )
}

/**
 * Asks before something that cannot be undone. With `phrase` the person types it (a product's system name, say); the
 * button stays closed until it matches.
 */
export function ConfirmDialog({
  trigger,
  open,
  onOpenChange,
  title,
  description,
  phrase,
  confirmLabel,
  danger = true,
  pending = false,
  onConfirm,
  children,
}: Shared & {
  phrase?: string
  /** A verb and its object: 'Delete plan'. */
  confirmLabel: string
  danger?: boolean
  pending?: boolean
  /** May be async; the dialog closes when it has resolved, unless it answers false. */
  onConfirm: (typed: string) => unknown
  children?: ReactNode
}) {
  const [inner, setInner] = useState(false)
  const [typed, setTyped] = useState('')
  const [running, setRunning] = useState(false)
  const set = (value: boolean) => {
    setTyped('')
    ;(onOpenChange ?? setInner)(value)
  }
  async function confirm() {
    setRunning(true)
    try {
      if ((await onConfirm(typed)) !== false) set(false)
    } finally {
      setRunning(false)
    }
  }
  return (
    <Dialog trigger={trigger} open={open ?? inner} onOpenChange={set} title={title} description={description} size="sm">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          event.stopPropagation()
          if (!phrase || typed === phrase) void confirm()
        }}
      >
        {children && <div className="text-sm text-text-2">{children}</div>}
        {phrase && (
          <Field
            label={
              <span className="font-normal">
                Type <code className="rounded-sm bg-sunken px-1 py-0.5 font-mono text-xs font-semibold">{phrase}</code> to confirm
              </span>
            }
          >
            <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} mono autoFocus />
          </Field>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={() => set(false)}>Cancel</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} pending={pending || running} disabled={phrase !== undefined && typed !== phrase}>
            {confirmLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
