'use client'

import { useRouter } from 'next/navigation'
import { useOptimistic, useTransition } from 'react'
import { toast } from 'sonner'
import { useCallAction } from '@/components/ui/call-action'
import { Switch } from '@/components/ui/choice'
import { useHydrated } from '@/components/ui/form'
import { setPortalSwitchAction } from '../actions'

export type PortalSwitchKey = 'signupsEnabled' | 'accountApprovalRequired' | 'multipleUsers' | 'multipleApplications' | 'multipleProducts'

/** A switch of the portal that acts at once. */
export function PortalSwitch({ name, on, label, hint }: { name: PortalSwitchKey; on: boolean; label: string; hint: string }) {
  const router = useRouter()
  const call = useCallAction()
  const [pending, start] = useTransition()
  const hydrated = useHydrated()
  const [shown, setShown] = useOptimistic(on)
  const change = (next: boolean) =>
    start(async () => {
      setShown(next)
      const result = await call(setPortalSwitchAction, { [name]: next })
      if (!result) return
      if (!result.ok) return void toast.error(result.error.message)
      toast.success(`${label}: ${next ? 'on' : 'off'}`)
      router.refresh()
    })
  return <Switch checked={shown} disabled={pending || !hydrated} onChange={(event) => change(event.target.checked)} label={<span className="font-semibold">{label}</span>} hint={hint} />
}
