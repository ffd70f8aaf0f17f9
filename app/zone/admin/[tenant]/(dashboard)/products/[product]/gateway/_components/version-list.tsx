'use client'

import { History } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { useAction } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ConfigVersionDto } from '@/lib/products/queries'
import { rollBackAction } from '../actions'
import { CompareVersions } from './compare-versions'

/** Who promoted what when; every version is one click away. */
export function VersionList({ productId, versions }: { productId: number; versions: ConfigVersionDto[] }) {
  const rollBack = useAction(rollBackAction, { success: 'Production was rolled back' })
  return (
    <Card id="versions" title="Versions" description="Who promoted what, and when." action={versions.length > 0 ? <CompareVersions productId={productId} versions={versions.map(({ version, live }) => ({ version, live }))} /> : undefined} flush>
      {versions.length === 0 ? (
        <EmptyState icon={<History aria-hidden />} title="Nothing promoted yet">
          Test the integration above; when the line is green, promote.
        </EmptyState>
      ) : (
        <ol className="divide-y divide-line">
          {versions.map((version) => (
            <li key={version.version} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
              <div className="flex w-40 shrink-0 items-center gap-2">
                <span className="font-semibold">Version {version.version}</span>
                {version.live && <Badge tone="good">Live</Badge>}
              </div>
              <div className="min-w-0 flex-1 basis-64">
                <p className="text-text-2">{version.changes.length > 0 ? version.changes.slice(0, 4).join(' · ') + (version.changes.length > 4 ? ` · and ${version.changes.length - 4} more` : '') : 'First version'}</p>
                <ul className="mt-0.5 text-xs text-text-3">
                  {version.promotions.map((promotion) => (
                    <li key={`${promotion.kind} ${String(promotion.createdAt)}`}>
                      {promotion.kind === 'promote' ? 'Promoted' : 'Brought back'} by {promotion.memberName} <RelativeTime at={promotion.createdAt} />
                    </li>
                  ))}
                </ul>
              </div>
              {!version.live && (
                <ConfirmDialog
                  danger={false}
                  title={`Roll back to version ${version.version}?`}
                  confirmLabel={`Roll back to version ${version.version}`}
                  onConfirm={() => rollBack.run({ productId, version: version.version })}
                  trigger={<Button size="sm">Roll back to this</Button>}
                >
                  Production serves version {version.version} within a second. Staging, plans, limits and keys stay as they are.
                </ConfirmDialog>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
