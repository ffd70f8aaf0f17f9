'use client'

import { useRouter } from 'next/navigation'
import { useOptimistic, useTransition } from 'react'
import { toast } from 'sonner'
import { useCallAction } from '@/components/ui/call-action'
import { Field } from '@/components/ui/field'
import { useHydrated } from '@/components/ui/form'
import { Select } from '@/components/ui/select'
import type { PlanChangeMode } from '@/lib/products/set-plan-change-mode'
import { setPlanChangeModeAction } from '../actions'

const options: { value: PlanChangeMode; label: string }[] = [
  { value: 'request', label: 'They ask, you decide' },
  { value: 'direct', label: 'They change it at once' },
  { value: 'none', label: 'They cannot change it' },
]

/** What partners may do about their plan, product by product. */
export function PlanChangeModes({ products }: { products: { id: number; name: string; mode: PlanChangeMode }[] }) {
  return (
    <ul>
      {products.map((product) => (
        <li key={product.id} className="border-line py-2.5 not-last:border-b first:pt-0 last:pb-0">
          <ModeOf product={product} />
        </li>
      ))}
    </ul>
  )
}

function ModeOf({ product }: { product: { id: number; name: string; mode: PlanChangeMode } }) {
  const router = useRouter()
  const call = useCallAction()
  const [pending, start] = useTransition()
  const hydrated = useHydrated()
  const [mode, setMode] = useOptimistic(product.mode)
  const change = (next: PlanChangeMode) =>
    start(async () => {
      setMode(next)
      const result = await call(setPlanChangeModeAction, { productId: product.id, mode: next })
      if (!result) return
      if (!result.ok) return void toast.error(result.error.message)
      toast.success(`Plan changes of ${product.name} saved`)
      router.refresh()
    })
  return (
    <Field label={product.name} className="sm:flex-row sm:items-center sm:justify-between sm:gap-6">
      <Select className="sm:max-w-64" value={mode} disabled={pending || !hydrated} onChange={(event) => change(event.target.value as PlanChangeMode)} options={options} />
    </Field>
  )
}
