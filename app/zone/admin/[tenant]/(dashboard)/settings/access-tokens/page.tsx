import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { listAccessTokens } from '@/lib/tenants/access-tokens'
import { NewToken } from './_components/new-token'
import { TokenTable } from './_components/token-table'

export const metadata: Metadata = { title: 'Access tokens' }

export default async function AccessTokensPage() {
  const ctx = await requireAdmin()
  const tokens = await pageData(listAccessTokens(ctx))
  const isAdmin = ctx.actor.kind === 'member' && ctx.actor.role === 'admin'
  return (
    <>
      <PageHeader title="Access tokens" description="Scripts and tools use them to call the Management API in your name. What you may not do, they may not do either." action={<NewToken />} />
      <TokenTable tokens={tokens} showsOwner={isAdmin} ownId={Number(ctx.actor.id)} timeZone={ctx.tenant.timezone} />
    </>
  )
}
