'use client'

import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { compareVersionsAction } from '../actions'

type Version = { version: number; live: boolean }

/** What is different between any two versions, or between one and staging. */
export function CompareVersions({ productId, versions }: { productId: number; versions: Version[] }) {
  return (
    <Dialog title="Compare versions" description="What the second one does differently from the first." trigger={<Button size="sm">Compare</Button>}>
      <Comparison productId={productId} versions={versions} />
    </Dialog>
  )
}

function Comparison({ productId, versions }: { productId: number; versions: Version[] }) {
  const call = useCallAction()
  const [from, setFrom] = useState(String(versions.find((each) => each.live)?.version ?? versions[0]!.version))
  const [to, setTo] = useState('0')
  const [outcome, setOutcome] = useState<{ of: string; changes: string[] | null; problem: string | null } | null>(null)
  const options = [{ value: '0', label: 'Staging, as it is now' }, ...versions.map(({ version, live }) => ({ value: String(version), label: live ? `Version ${version}, live` : `Version ${version}` }))]
  const asked = `${from} ${to}`

  useEffect(() => {
    let current = true
    void call(compareVersionsAction, { productId, from, to }).then((result) => {
      if (current && result) setOutcome({ of: `${from} ${to}`, changes: result.ok ? (result.data?.changes ?? []) : null, problem: result.ok ? null : result.error.message })
    })
    return () => {
      current = false
    }
  }, [call, productId, from, to])

  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="From">
          <Select value={from} onChange={(event) => setFrom(event.target.value)} options={options} />
        </Field>
        <Field label="To">
          <Select value={to} onChange={(event) => setTo(event.target.value)} options={options} />
        </Field>
      </div>
      <div aria-live="polite" className="min-h-10">
        {outcome?.of !== asked ? (
          <p className="text-text-3">Comparing…</p>
        ) : outcome.problem ? (
          <Callout kind="danger">{outcome.problem}</Callout>
        ) : outcome.changes!.length === 0 ? (
          <p className="text-text-2">They are the same.</p>
        ) : (
          <ul className="flex list-disc flex-col gap-1 pl-5">
            {outcome.changes!.map((change) => (
              <li key={change} className="break-words">
                {change}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
