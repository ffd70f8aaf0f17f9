import type { Metadata } from 'next'
import Link from 'next/link'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { PageHeader } from '@/components/ui/page-header'
import { GRANTS_MAX, groupByApplication, listGrants, listOwnAccess } from '@/lib/oauth/grants'
import { getOauthSettings, signingAlgorithms } from '@/lib/products/oauth-settings'
import { getProduct, listMetrics } from '@/lib/products/queries'
import { pageData, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { Grants } from './_components/grants'
import { Introspection } from './_components/introspection'
import { Issuers } from './_components/issuers'
import { LoginSite } from './_components/login-site'
import { Scopes } from './_components/scopes'

export const metadata: Metadata = { title: 'OAuth' }

const descriptions = {
  oauth: 'Applications act for your end users, who sign in on your own site. We hand out the tokens and check them.',
  oidc: 'Calls carry tokens of your own identity provider. We check them by its published keys.',
  introspection: 'Calls carry tokens of your own authorization server. We ask it about each of them.',
}

export default async function OauthPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const { user, env } = await queryOf(searchParams)
  const environment = env === 'staging' || env === 'production' ? env : undefined
  const [product, settings, metrics] = await Promise.all([pageData(getProduct(ctx, productId)), pageData(getOauthSettings(ctx, productId)), pageData(listMetrics(ctx, productId))])
  const mode = product.authenticationMode
  const wanted = { productId, environment, search: user } as const
  const [ofPeople, own] = await Promise.all([listGrants(ctx.db, { ...wanted, ofPeople: true }, ctx.now), listOwnAccess(ctx.db, wanted, ctx.now)])
  const grants = [...groupByApplication(ofPeople), ...own]
  const methods = metrics.filter((metric) => metric.parentId !== null).map(({ id, name, verb }) => ({ id, name, verb }))
  const { staging, production } = product.baseUrls
  return (
    <>
      <PageHeader title="OAuth" description={mode === 'user_key' || mode === 'app_id_app_key' ? 'Access tokens in place of keys.' : descriptions[mode]} />
      <div className="flex max-w-4xl flex-col gap-6">
        {(mode === 'user_key' || mode === 'app_id_app_key') && (
          <Callout kind="info" title="This product takes keys">
            Nothing here is in force until you choose OAuth, OpenID Connect or token introspection under{' '}
            <Link className="link" href={`/products/${product.id}/settings`}>
              Settings
            </Link>
            .
          </Callout>
        )}
        {mode === 'oauth' && (
          <>
            <LoginSite productId={product.id} loginUrl={settings.loginUrl} clientCredentials={settings.clientCredentials} classicClients={settings.classicClients} />
            <Card id="endpoints" title="Addresses for clients" description="A client library finds the rest by itself from the issuer. An application’s client id is its application id, its secret an application key.">
              <DescriptionList
                items={[production, staging].flatMap((base, index) =>
                  base === null
                    ? []
                    : [
                        { label: index === 0 ? 'Issuer' : 'Issuer, staging', value: <Copyable value={new URL(base).origin} label="Copy issuer" />, hint: index === 0 && product.liveVersion === null ? 'Answers 404 until you promote.' : undefined },
                        { label: index === 0 ? 'Authorization' : 'Authorization, staging', value: <Copyable value={`${new URL(base).origin}/authorize`} label="Copy authorization address" /> },
                        { label: index === 0 ? 'Token' : 'Token, staging', value: <Copyable value={`${new URL(base).origin}/oauth/token`} label="Copy token address" /> },
                      ],
                )}
              />
            </Card>
            {product.endUserRegistrationRequired && (
              <Callout kind="info" title="Only registered end users get in">
                Manual registration is on: a token acting for somebody who is not under{' '}
                <Link className="link" href={`/products/${product.id}/end-users`}>
                  End users
                </Link>{' '}
                is refused. Register people there, or switch it off under{' '}
                <Link className="link" href={`/products/${product.id}/settings`}>
                  Settings
                </Link>
                .
              </Callout>
            )}
          </>
        )}
        {mode === 'oidc' && <Issuers key={JSON.stringify(settings.issuers)} productId={product.id} issuers={settings.issuers} algorithms={[...signingAlgorithms]} />}
        {mode === 'introspection' && <Introspection productId={product.id} introspection={settings.introspection} />}
        <Scopes key={JSON.stringify(settings.scopes)} productId={product.id} scopes={settings.scopes} methods={methods} />
        {(mode === 'oauth' || grants.length > 0) && <Grants productId={product.id} grants={grants} search={user ?? ''} environment={environment ?? ''} more={ofPeople.length === GRANTS_MAX || own.length === GRANTS_MAX} timeZone={ctx.tenant.timezone} />}
      </div>
    </>
  )
}
