'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { removeLogoAction, saveLogoAction } from '../_actions'

/** In place of the name, on every page of the portal. */
export function LogoCard({ url, tenantName }: { url: string | null; tenantName: string }) {
  const [picked, setPicked] = useState(false)
  const { run, pending } = useAction(removeLogoAction, { success: 'Logo removed. The portal shows your name.' })
  return (
    <Card title="Logo" description={url ? 'It stands in the header of every page.' : `Until you choose one, the header says ${tenantName}.`}>
      <ActionForm action={saveLogoAction} success="Logo saved" resetOnDone onDone={() => setPicked(false)}>
        <Field label={url ? 'Another image' : 'Image'} name="logo" hint="PNG, JPEG, WebP or SVG, at most 512 KB. It is shown 32 pixels high; twice that looks sharp.">
          <Input type="file" accept="image/png,image/jpeg,image/webp,image/svg+xml" required className="h-auto py-1 file:mr-3 file:rounded-sm file:border-0 file:bg-sunken file:px-2 file:py-1 file:text-xs file:font-semibold" onChange={(event) => setPicked(event.target.files?.length === 1)} />
        </Field>
        <FormActions>
          <SubmitButton variant="secondary" disabled={!picked}>
            Save logo
          </SubmitButton>
          {url && (
            <Button variant="ghost" pending={pending} onClick={() => run({})}>
              Remove logo
            </Button>
          )}
        </FormActions>
      </ActionForm>
    </Card>
  )
}
