'use client'

import { ExternalLink, MoreHorizontal, Pencil, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { LinkButton } from '@/components/ui/link-button'
import { Menu } from '@/components/ui/menu'
import type { SpecItem } from '@/lib/activedocs/queries'
import { DeleteSpec } from './delete-spec'
import { PublishSpec } from './publish-spec'
import { formatName } from './format-name'

export function SpecList({ productId, specs, portalUrl }: { productId: number; specs: SpecItem[]; portalUrl: string }) {
  const [deleting, setDeleting] = useState<SpecItem | null>(null)
  return (
    <Card flush className="overflow-hidden">
      <ul aria-label="API documents">
        {specs.map((spec) => (
          <li key={spec.id} className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-4 py-2.5 last:border-b-0">
            <div className="min-w-0 flex-1 basis-48">
              <Link href={`/products/${productId}/activedocs/${spec.id}`} className="min-w-0 truncate rounded-sm font-semibold hover:text-accent-text">
                {spec.name}
              </Link>
              <p className="truncate text-xs text-text-2">
                {formatName(spec.version)} · {spec.operations.toLocaleString('en')} {spec.operations === 1 ? 'operation' : 'operations'}
              </p>
            </div>
            <div className="flex items-center gap-1 max-sm:w-full">
              <StateDot state={spec.published ? 'published' : 'hidden'} className="mr-3 text-sm max-sm:flex-1" />
              {spec.published && (
                <LinkButton href={`${portalUrl}/docs/${spec.systemName}`} size="sm" variant="ghost" icon={<ExternalLink aria-hidden />} target="_blank" rel="noreferrer">
                  On the portal<span className="sr-only">: {spec.name}</span>
                </LinkButton>
              )}
              <PublishSpec spec={spec} size="sm" />
              <Menu
                trigger={<Button variant="ghost" size="icon-sm" aria-label={`More for ${spec.name}`} icon={<MoreHorizontal aria-hidden />} />}
                items={[
                  { label: 'Edit', icon: <Pencil aria-hidden />, href: `/products/${productId}/activedocs/${spec.id}` },
                  { kind: 'separator' },
                  { label: 'Delete', icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setDeleting(spec) },
                ]}
              />
            </div>
          </li>
        ))}
      </ul>
      {deleting && <DeleteSpec spec={deleting} onClose={() => setDeleting(null)} />}
    </Card>
  )
}
