'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { FormEvent } from 'react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import type { GrantDto } from '@/lib/oauth/grants'
import { revokeGrantAction } from '../actions'

export function Grants({ productId, grants, search, environment, more, timeZone }: { productId: number; grants: GrantDto[]; search: string; environment: string; more: boolean; timeZone: string }) {
  const router = useRouter()
  function onSearch(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const user = String(new FormData(event.currentTarget).get('user') ?? '').trim()
    const query = new URLSearchParams({ ...(user && { user }), ...(environment && { env: environment }) })
    router.push(`/products/${productId}/oauth${query.size > 0 ? `?${query}` : ''}#grants`)
  }
  return (
    <Card id="grants" title="Grants" description="What end users have allowed applications. End users see and revoke their own on the page your site links to." flush>
      <form onSubmit={onSearch} role="search" className="flex flex-wrap gap-2 border-b border-line px-4 py-3">
        <Input name="user" defaultValue={search} placeholder="End user or application" aria-label="Find grants by end user or application" className="max-w-xs" />
        <Button type="submit">
          Find
        </Button>
      </form>
      <ul className="divide-y divide-line">
        {grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} productId={productId} timeZone={timeZone} />
        ))}
      </ul>
      {grants.length === 0 && <p className="px-4 py-6 text-center text-text-2">{search ? 'No grant matches.' : 'Nobody has allowed an application anything yet.'}</p>}
      {more && <p className="border-t border-line px-4 py-3 text-sm text-text-2">Only the newest are shown. Search to find others.</p>}
    </Card>
  )
}

function GrantRow({ grant, productId, timeZone }: { grant: GrantDto; productId: number; timeZone: string }) {
  const revoke = useAction(revokeGrantAction, { success: 'Grant revoked' })
  const whose = grant.endUserId ?? 'the application itself'
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <div className="min-w-0 flex-1 basis-52">
        <p className="break-all font-semibold">{grant.endUserId ?? 'The application itself'}</p>
        <p className="text-text-2">
          <Link href={`/applications/${grant.application.id}`} className="rounded-sm hover:text-accent-text hover:underline">
            {grant.application.name}
          </Link>
          {grant.account && ` of ${grant.account.orgName}`}
        </p>
      </div>
      <div className="flex flex-1 basis-40 flex-wrap gap-1">
        {grant.scopes.map((scope) => (
          <Badge key={scope}>{scope}</Badge>
        ))}
        {grant.environment === 'staging' && <Badge tone="warn">staging</Badge>}
      </div>
      <p className="basis-52 text-text-2 max-sm:flex-1">
        {grant.lastUsedAt ? (
          <>
            Used <RelativeTime at={grant.lastUsedAt} timeZone={timeZone} />
          </>
        ) : (
          <>
            Not used, given <RelativeTime at={grant.createdAt} timeZone={timeZone} />
          </>
        )}
      </p>
      <ConfirmDialog
        title="Revoke this grant?"
        confirmLabel="Revoke grant"
        onConfirm={() => revoke.run({ productId, grantId: grant.id })}
        trigger={
          <Button size="sm" aria-label={`Revoke the grant of ${whose} to ${grant.application.name}`}>
            Revoke
          </Button>
        }
      >
        {grant.endUserId === null
          ? `The tokens ${grant.application.name} got for itself end within a second. It may get new ones at once: suspend the application if it should not.`
          : `${grant.application.name} can do nothing for ${whose} any more, within a second, wherever it was allowed. To come back it has to ask again.`}
      </ConfirmDialog>
    </li>
  )
}
