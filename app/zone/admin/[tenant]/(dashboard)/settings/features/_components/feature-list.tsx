'use client'

import { useOptimistic, useTransition } from 'react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { useCallAction } from '@/components/ui/call-action'
import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/choice'
import { useHydrated } from '@/components/ui/form'
import { setFeatureAction } from '../actions'

/** Switches that act at once. */
export function FeatureList({ endUserPlans }: { endUserPlans: boolean }) {
  const router = useRouter()
  const call = useCallAction()
  const [pending, start] = useTransition()
  const hydrated = useHydrated()
  const [on, setOn] = useOptimistic(endUserPlans)
  const change = (next: boolean) =>
    start(async () => {
      setOn(next)
      const result = await call(setFeatureAction, { feature: 'endUserPlans', on: next })
      if (!result) return
      if (!result.ok) return void toast.error(result.error.message)
      toast.success(next ? 'End-user plans are on: each product has a place End users now' : 'End-user plans are off')
      router.refresh()
    })
  return (
    <Card className="max-w-3xl">
      <Switch
        checked={on}
        disabled={pending || !hydrated}
        onChange={(event) => change(event.target.checked)}
        label={<span className="font-semibold">End-user plans</span>}
        hint="Limits for the people behind your partners’ applications. Each product gets an End users tab, and calls name theirs in a header."
      />
    </Card>
  )
}
