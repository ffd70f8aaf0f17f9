'use client'

import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import type { SpecItem } from '@/lib/activedocs/queries'
import { DeleteSpec } from './delete-spec'

export function RemoveSpec({ spec, goTo }: { spec: Pick<SpecItem, 'id' | 'name' | 'published'>; goTo: string }) {
  const [open, setOpen] = useState(false)
  return (
    <Card title="Delete this document" description="Partners no longer find it. The product, its methods and its keys stay as they are.">
      <Button variant="danger" icon={<Trash2 aria-hidden />} onClick={() => setOpen(true)}>
        Delete spec
      </Button>
      {open && <DeleteSpec spec={spec} goTo={goTo} onClose={() => setOpen(false)} />}
    </Card>
  )
}
