import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { Download, KeyRound } from 'lucide-react'
import { Card } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { readIncoming } from '@/lib/request/incoming'
import { requireAdmin } from '@/lib/request/require-admin'
import { ApiViewer } from './_components/api-viewer'

export const metadata: Metadata = { title: 'Management API' }

export default async function ManagementApiPage() {
  await requireAdmin()
  const { origin } = readIncoming(await headers())
  return (
    <>
      <PageHeader
        title="Management API"
        description="What you do in this dashboard, for scripts and tools. Clients of 3scale’s Account Management API work as they are."
        action={
          <LinkButton href="/settings/access-tokens" icon={<KeyRound aria-hidden />}>
            Access tokens
          </LinkButton>
        }
      />
      <div className="flex min-w-0 flex-col gap-6">
        <Card>
          <dl className="grid gap-4 text-sm sm:grid-cols-2">
            <div className="min-w-0">
              <dt className="mb-1 text-xs text-text-3">Base address</dt>
              <dd>
                <Copyable value={`${origin}/admin/api`} />
              </dd>
            </div>
            <div className="min-w-0">
              <dt className="mb-1 text-xs text-text-3">OpenAPI document</dt>
              <dd className="flex min-w-0 items-center gap-2">
                <Copyable value={`${origin}/admin/api/openapi.json`} />
                <a href="/admin/api/openapi.json" download="management-api.json" aria-label="Download the document" title="Download the document" className="text-text-2 hover:text-text">
                  <Download aria-hidden className="size-4" />
                </a>
              </dd>
            </div>
          </dl>
        </Card>
        <ApiViewer />
      </div>
    </>
  )
}
