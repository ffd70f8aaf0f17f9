'use client'

import { Button } from '@/components/ui/button'
import type { ButtonSize } from '@/components/ui/button-style'
import { useAction } from '@/components/ui/form'
import type { SpecItem } from '@/lib/activedocs/queries'
import { hideSpecAction, publishSpecAction } from '../_actions'

/** Publish or Hide, whichever is left to do. */
export function PublishSpec({ spec, size }: { spec: Pick<SpecItem, 'id' | 'name' | 'published'>; size?: ButtonSize }) {
  const { run, pending } = useAction(spec.published ? hideSpecAction : publishSpecAction, { success: spec.published ? `${spec.name} is hidden` : `${spec.name} is published` })
  return (
    <Button size={size} pending={pending} onClick={() => run({ specId: spec.id })}>
      {spec.published ? 'Hide' : 'Publish'} <span className="sr-only">{spec.name}</span>
    </Button>
  )
}
