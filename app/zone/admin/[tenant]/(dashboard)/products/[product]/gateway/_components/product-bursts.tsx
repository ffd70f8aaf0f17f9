'use client'

import { BurstInputs, burstsIn } from '@/components/bursts/burst-inputs'
import { Card } from '@/components/ui/card'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import type { Bursts } from '@/lib/products/gateway-config'
import { updateGatewayAction } from '../actions'

/** What all callers of the product together may do at once. */
export function ProductBursts({ productId, bursts }: { productId: number; bursts: Bursts | null }) {
  return (
    <Card id="bursts" title="Bursts" description="What all applications together may send at once, so that your API is never run over. Each application’s own stand on its plan. Empty fields bound nothing.">
      <ActionForm action={updateGatewayAction} success="Bursts saved" toInput={(values) => ({ productId, bursts: burstsIn(values) })}>
        <BurstInputs value={bursts} />
        <FormActions>
          <SubmitButton variant="secondary">Save bursts</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
