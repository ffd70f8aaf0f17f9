'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { Period } from '@/lib/metering/periods'
import type { EndUserDetails } from '@/lib/plans/end-user-queries'
import { periodOptions } from '../../../plans/[plan]/_components/period-words'
import { setEndUserLimitsAction } from '../../_actions'

type Line = { key: number; metricId: number; period: Period; value: string }

/** The limits of this user alone. One for a metric and period of the plan holds in its place, any other beside it. */
export function OwnLimits({ user }: { user: EndUserDetails }) {
  const [lines, setLines] = useState<Line[]>(() => user.limits.filter((limit) => limit.own).map(({ metricId, period, value }, index) => ({ key: index, metricId, period, value: String(value) })))
  const change = (key: number, next: Partial<Line>) => setLines(lines.map((line) => (line.key === key ? { ...line, ...next } : line)))
  const planValue = (line: Line) => user.limits.find((limit) => limit.metricId === line.metricId && limit.period === line.period)?.planValue ?? null
  const metrics = user.metrics.map(({ id, name }) => ({ value: String(id), label: name }))
  return (
    <Card title="Own limits" description={`They hold in place of those of ${user.plan.name} for the same metric and period, and beside all others. In force within a second.`}>
      <ActionForm action={setEndUserLimitsAction} success="Limits saved" toInput={() => ({ endUserId: user.id, limits: lines.map(({ metricId, period, value }) => ({ metricId, period, value: value === '' ? null : Number(value) })) })}>
        {lines.length === 0 ? (
          <p className="text-text-2">{`None: the limits of ${user.plan.name} hold as they are.`}</p>
        ) : (
          <ul aria-label="Own limits" className="flex flex-col gap-4">
            {lines.map((line, index) => {
              const replaced = planValue(line)
              return (
                <li key={line.key} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[minmax(0,1fr)_8rem_10rem_auto]">
                  <Field label="Metric" hideLabel={index > 0} className="max-sm:col-span-2">
                    <Select value={String(line.metricId)} onChange={(event) => change(line.key, { metricId: Number(event.target.value) })} options={metrics} />
                  </Field>
                  <Field label="Period" name={`limits.${index}.period`} hideLabel={index > 0} className="max-sm:col-span-2">
                    <Select name={`limits.${index}.period`} value={line.period} onChange={(event) => change(line.key, { period: event.target.value as Period })} options={periodOptions.map(({ value, label }) => ({ value, label }))} />
                  </Field>
                  <Field label="Value" name={`limits.${index}.value`} hideLabel={index > 0} hint={replaced === null ? 'Beside the plan' : `Plan: ${replaced.toLocaleString('en')}`}>
                    <Input type="number" inputMode="numeric" min={0} step={1} required value={line.value} onChange={(event) => change(line.key, { value: event.target.value })} />
                  </Field>
                  <Button
                    variant="ghost"
                    size="icon"
                    className={index === 0 ? 'mt-[26px]' : undefined}
                    aria-label={`Remove limit ${index + 1}`}
                    title="Remove"
                    icon={<Trash2 aria-hidden />}
                    onClick={() => setLines(lines.filter((each) => each.key !== line.key))}
                  />
                </li>
              )
            })}
          </ul>
        )}
        <div>
          <Button icon={<Plus aria-hidden />} onClick={() => setLines([...lines, { key: Date.now(), metricId: user.metrics[0]!.id, period: 'day', value: '' }])}>
            New limit
          </Button>
        </div>
        <FormActions className="border-t border-line pt-4">
          <SubmitButton>Save limits</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
