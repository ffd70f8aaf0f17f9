'use client'

import { History } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import { useHydrated } from '@/components/ui/form'
import { exactNumber } from '@/components/ui/format'
import type { Period } from '@/lib/metering/periods'
import type { Rehearsal } from '@/lib/metering/rehearse-limit'
import { rehearseLimitAction } from '../../_actions'
import { periodOptions } from './period-words'

type Rehearsed = { period: Period; value: number; rehearsal: Rehearsal }

const SHOWN = 5

/** Before limits are saved: who on this plan would have been refused by each in the last thirty days. */
export function RehearseLimit({ planId, metricId, limits }: { planId: number; metricId: number; limits: { period: Period; value: string }[] }) {
  const call = useCallAction()
  const hydrated = useHydrated()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [found, setFound] = useState<Rehearsed[] | null>(null)

  async function rehearse() {
    setPending(true)
    setProblem(null)
    const results: Rehearsed[] = []
    for (const { period, value } of limits.filter((limit) => /^\d+$/.test(limit.value))) {
      const result = await call(rehearseLimitAction, { planId, metricId, period, value: Number(value) })
      // Signing in again was called off: what was found so far says nothing about the rest.
      if (!result) return setPending(false)
      if (!result.ok || !result.data) {
        setProblem(result.ok ? 'Nothing came back. Please try again.' : result.error.message)
        break
      }
      results.push({ period, value: Number(value), rehearsal: result.data })
    }
    setFound(results)
    setPending(false)
  }

  return (
    <div className="flex flex-col gap-3">
      <div>
        <Button size="sm" icon={<History aria-hidden />} pending={pending} disabled={!hydrated} onClick={() => void rehearse()}>
          Rehearse with the last 30 days
        </Button>
      </div>
      <div aria-live="polite" className="flex flex-col gap-3">
        {problem && <Callout kind="danger">{problem}</Callout>}
        {found?.map((each) => (
          <Outcome key={each.period} {...each} />
        ))}
      </div>
    </div>
  )
}

function Outcome({ period, value, rehearsal: { applications, applicationsOnPlan, note } }: Rehearsed) {
  const word = periodOptions.find((option) => option.value === period)?.label.toLowerCase() ?? period
  const limit = `${exactNumber(value)} per ${word}`
  if (applications.length === 0)
    return (
      <Callout kind="success" title={`${limit}: nobody would have been refused`}>
        {applicationsOnPlan === 0 ? 'No application is on this plan yet.' : note}
      </Callout>
    )
  const refused = applications.reduce((sum, each) => sum + each.refusedCalls, 0)
  return (
    <Callout kind="warning" title={`${limit}: ${applications.length} of ${applicationsOnPlan} ${applicationsOnPlan === 1 ? 'application' : 'applications'} would have been refused`}>
      <ul className="mt-1 flex flex-col gap-1">
        {applications.slice(0, SHOWN).map(({ id, name, accountName, refusedCalls, windowsExceeded, worstValue }) => (
          <li key={id}>
            <Link href={`/applications/${id}`} className="link">
              {name}
            </Link>
            , {accountName}: about {exactNumber(refusedCalls)} refused in {exactNumber(windowsExceeded)} {windowsExceeded === 1 ? 'window' : 'windows'}, at most {exactNumber(worstValue)} used in one
          </li>
        ))}
      </ul>
      <p className="mt-1 text-xs">
        {applications.length > SHOWN && `And ${applications.length - SHOWN} more. `}
        {exactNumber(refused)} in all. {note}
      </p>
    </Callout>
  )
}
