'use client'

import { useRef, useState } from 'react'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { LinkButton } from '@/components/ui/link-button'
import { ProgressBar } from '@/components/ui/progress'
import type { ImportResult } from '@/lib/products/openapi/apply-import'
import type { ImportPlan } from '@/lib/products/openapi/plan-import'
import type { ImportRequest } from '../_input'
import { ChooseDocument } from './choose-document'
import { followImport, type ImportProgress } from './follow-import'
import { PreviewPlan } from './preview-plan'

type Stage =
  | { name: 'choose'; problem?: string }
  | { name: 'preview'; request: ImportRequest; plan: ImportPlan; problem?: string }
  | { name: 'running'; request: ImportRequest; plan: ImportPlan; progress: ImportProgress }
  | { name: 'done'; result: ImportResult }

/** Choose, look, import, go on: one stage at a time, and back to the start at any of them. */
export function ImportWizard({ productId, privateBaseUrl }: { productId: number; privateBaseUrl: string | null }) {
  const [stage, setStage] = useState<Stage>({ name: 'choose' })
  const running = useRef<AbortController | null>(null)

  async function run(request: ImportRequest, plan: ImportPlan) {
    const abort = new AbortController()
    running.current = abort
    setStage({ name: 'running', request, plan, progress: { done: 0, total: plan.document.operations, label: 'Reading the document' } })
    const outcome = await followImport(request, plan.fingerprint, abort.signal, (progress) => setStage({ name: 'running', request, plan, progress }))
    if (outcome.ok) setStage({ name: 'done', result: outcome.result })
    else setStage({ name: 'preview', request, plan, problem: outcome.message })
  }

  if (stage.name === 'choose') return <ChooseDocument productId={productId} onPlan={(request, plan) => setStage({ name: 'preview', request, plan })} />
  if (stage.name === 'preview')
    return <PreviewPlan plan={stage.plan} problem={stage.problem} onImport={() => void run(stage.request, stage.plan)} onBack={() => setStage({ name: 'choose' })} />
  if (stage.name === 'running')
    return (
      <Card title="Importing" description="Until it is finished nothing is changed.">
        <ProgressBar done={stage.progress.done} total={stage.progress.total} unit="steps" label={stage.progress.label} onCancel={() => running.current?.abort()} />
      </Card>
    )
  return <Done result={stage.result} productId={productId} privateBaseUrl={privateBaseUrl} />
}

function Done({ result, productId, privateBaseUrl }: { result: ImportResult; productId: number; privateBaseUrl: string | null }) {
  const next = privateBaseUrl === null
  const gateway = `/products/${productId}/gateway${next && result.baseUrlSuggestion ? `?suggestion=${encodeURIComponent(result.baseUrlSuggestion)}` : ''}`
  return (
    <Callout
      kind="success"
      title={`${count(result.methods, 'method')} and ${count(result.mappingRules, 'mapping rule')}`}
      action={
        <div className="flex flex-wrap gap-2">
          <LinkButton href={gateway} variant="primary">
            {next ? 'Next: where does your API live?' : 'Open the gateway page'}
          </LinkButton>
          <LinkButton href={`/products/${productId}/methods`}>See the methods</LinkButton>
        </div>
      }
    >
      {summary(result)} Staging serves them now; production follows when you promote.
    </Callout>
  )
}

function summary({ created, changed, removed, kept }: ImportResult): string {
  const parts = [created && `${created} created`, changed && `${changed} changed`, removed && `${removed} removed`, kept && `${kept} kept because they have usage or limits`].filter(Boolean)
  return parts.length > 0 ? `${parts.join(', ')}.` : 'Everything was up to date.'
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
