'use client'

import { KeyRound } from 'lucide-react'
import { StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { DataTable } from '@/components/ui/data-table'
import { ConfirmDialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { useAction } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Plain } from '@/lib/request/plain'
import type { listAccessTokens } from '@/lib/tenants/access-tokens'
import { revokeAccessTokenAction } from '../actions'
import { scopesInWords } from './scope-words'

type Token = Plain<Awaited<ReturnType<typeof listAccessTokens>>[number]>

export function TokenTable({ tokens, showsOwner, ownId, timeZone }: { tokens: Token[]; showsOwner: boolean; ownId: number; timeZone: string }) {
  return (
    <DataTable
      label="access tokens"
      rows={tokens.map((token) => ({ ...token, token, owner: token.member.id === ownId ? 'You' : token.member.name, may: token.permission === 'rw' ? 'Read and write' : 'Read only' }))}
      columns={[
        {
          key: 'name',
          header: 'Name',
          cell: ({ token, may }) => (
            <>
              {token.name}
              <span className="block text-xs text-text-3 sm:hidden">{may}</span>
            </>
          ),
        },
        ...(showsOwner ? [{ key: 'owner', header: 'Owner', hideOnPhone: true } as const] : []),
        { key: 'may', header: 'Access', hideOnPhone: true },
        { key: 'scopes', header: 'Scopes', sortable: false, hideOnPhone: true, cell: ({ token }) => <span className="whitespace-normal text-text-2">{scopesInWords(token.scopes)}</span> },
        { key: 'createdAt', header: 'Created', hideOnPhone: true, cell: ({ token }) => <RelativeTime at={token.createdAt} timeZone={timeZone} className="whitespace-nowrap text-text-2" /> },
        { key: 'expiresAt', header: 'Ends', sortable: false, cell: ({ token }) => <Ends at={token.expiresAt} timeZone={timeZone} /> },
        { key: 'revoke', header: '', sortable: false, cell: ({ token }) => <Revoke token={token} /> },
      ]}
      empty={
        <EmptyState icon={<KeyRound />} title="No access tokens">
          Make one to call the Management API from scripts and tools.
        </EmptyState>
      }
    />
  )
}

function Ends({ at, timeZone }: { at: Date | null; timeZone: string }) {
  if (!at) return <span className="text-text-2">Never</span>
  if (new Date(at) <= new Date()) return <StateDot tone="neutral">Ended</StateDot>
  return <RelativeTime at={at} timeZone={timeZone} className="whitespace-nowrap text-text-2" />
}

function Revoke({ token }: { token: Token }) {
  const revoke = useAction(revokeAccessTokenAction, { success: 'Access token revoked' })
  return (
    <ConfirmDialog title={`Revoke ${token.name}?`} confirmLabel="Revoke token" onConfirm={() => revoke.run({ accessTokenId: token.id })} trigger={<Button size="sm">Revoke</Button>}>
      Whatever uses it is refused from now on. This cannot be undone.
    </ConfirmDialog>
  )
}
