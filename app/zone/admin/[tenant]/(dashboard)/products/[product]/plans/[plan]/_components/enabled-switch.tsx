'use client'

import { useRouter } from 'next/navigation'
import { useOptimistic, useTransition } from 'react'
import { toast } from 'sonner'
import { Switch } from '@/components/ui/choice'
import { useHydrated } from '@/components/ui/form'
import type { MatrixRow } from '@/lib/plans/queries'
import { setMethodEnabledAction } from '../../_actions'

/** Lets one method through, or closes it, at once. */
export function EnabledSwitch({ planId, row }: { planId: number; row: MatrixRow }) {
  const router = useRouter()
  const [enabled, setEnabled] = useOptimistic(row.enabled === true)
  const [, start] = useTransition()
  const hydrated = useHydrated()
  function change(value: boolean) {
    start(async () => {
      setEnabled(value)
      const result = await setMethodEnabledAction({ planId, metricId: row.metricId, enabled: value })
      if (!result.ok) toast.error(result.error.message)
      router.refresh()
    })
  }
  return <Switch checked={enabled} disabled={!hydrated} onChange={(event) => change(event.target.checked)} label={`Enabled: ${row.name}`} hideLabel />
}
