import type { Metadata } from 'next'
import { VerbBadge } from '@/components/ui/badge'
import { Card, DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { SectionNav } from '@/components/ui/section-nav'
import { env } from '@/lib/env'
import { listTestableApplications } from '@/lib/applications/queries'
import { listBackends, listMounts } from '@/lib/backends/queries'
import { listGatewayDomains } from '@/lib/domains/queries'
import { suggestTestPath } from '@/lib/onboarding/test-integration'
import { getOauthSettings } from '@/lib/products/oauth-settings'
import { findPendingChanges } from '@/lib/products/promote-config'
import { getGatewaySettings, listConfigVersions, listMappingRules } from '@/lib/products/queries'
import { pageData, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { findApicastGaps } from '@/lib/self-managed/apicast-gaps'
import { publicOrigin } from '@/lib/zones/public-origin'
import { LoginUrl } from '../oauth/_components/login-url'
import { CredentialNames } from './_components/credential-names'
import { ErrorAnswers } from './_components/error-answers'
import { MountedBackends } from './_components/mounted-backends'
import { OtherGateways } from './_components/other-gateways'
import { OwnDomains } from './_components/own-domains'
import { PrivateBaseUrl } from './_components/private-base-url'
import { ProductBursts } from './_components/product-bursts'
import { Promote } from './_components/promote'
import { SecretToken } from './_components/secret-token'
import { SelfManaged } from './_components/self-managed'
import { TestIntegration } from './_components/test-integration'
import { UpstreamBounds } from './_components/upstream-bounds'
import { VersionList } from './_components/version-list'

export const metadata: Metadata = { title: 'Gateway' }

const RULES_SHOWN = 5

const sections = [
  { id: 'your-api', label: 'Your API' },
  { id: 'addresses', label: 'Addresses' },
  { id: 'self-managed', label: 'Your own gateway' },
  { id: 'mapping-rules', label: 'Mapping rules' },
  { id: 'test', label: 'Test' },
  { id: 'credentials', label: 'Credentials' },
  { id: 'login-url', label: 'OAuth' },
  { id: 'secret-token', label: 'Secret token' },
  { id: 'backends', label: 'Backends' },
  { id: 'own-domain', label: 'Own domain' },
  { id: 'error-answers', label: 'Error answers' },
  { id: 'bounds', label: 'Bounds' },
  { id: 'bursts', label: 'Bursts' },
  { id: 'other-gateways', label: 'Other gateways' },
  { id: 'versions', label: 'Versions' },
]

export default async function GatewayPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const [gateway, rules, pending, versions, applications, mounts, backends, domains, query] = await Promise.all([
    pageData(getGatewaySettings(ctx, productId)),
    pageData(listMappingRules(ctx, productId)),
    pageData(findPendingChanges(ctx, { productId })),
    pageData(listConfigVersions(ctx, productId)),
    pageData(listTestableApplications(ctx, productId)),
    pageData(listMounts(ctx, { productId })),
    pageData(listBackends(ctx)),
    pageData(listGatewayDomains(ctx, productId)),
    queryOf(searchParams),
  ])
  const oauth = gateway.authenticationMode === 'oauth' ? await pageData(getOauthSettings(ctx, productId)) : null
  const apicastGaps = gateway.deployment === 'self_managed' ? await pageData(findApicastGaps(ctx, productId)) : []
  const { staging, production } = gateway.baseUrls
  const absent = new Set([gateway.deployment !== 'self_managed' && 'self-managed', !oauth && 'login-url'])
  return (
    <>
      <PageHeader
        title="Gateway"
        description="Where calls come in, where they go, and what stands in between. Staging serves every change at once, production what you promote."
        action={<Promote productId={gateway.id} liveVersion={pending.liveVersion} changes={pending.changes} ready={gateway.privateBaseUrl !== null || mounts.length > 0} productionUrl={production} />}
      />
      <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_9rem] xl:gap-8">
        <SectionNav items={sections.filter(({ id }) => !absent.has(id))} className="order-last hidden xl:sticky xl:top-18 xl:block xl:self-start" />
        <div className="flex min-w-0 flex-col gap-6">
          <PrivateBaseUrl productId={gateway.id} value={gateway.privateBaseUrl} suggestion={query.suggestion ?? null} hostHeader={gateway.hostHeader} warnings={gateway.warnings} />
          <Card id="addresses" title="Public addresses" description="Ours by default. Partners call the production address; staging has counters of its own and is never billed.">
            <DescriptionList
              items={[
                { label: 'Staging base URL', value: staging && <Copyable value={staging} label="Copy staging base URL" /> },
                {
                  label: 'Production base URL',
                  value: production && <Copyable value={production} label="Copy production base URL" />,
                  hint: gateway.liveVersion === null ? 'Answers 404 until you promote.' : `Serves version ${gateway.liveVersion}.`,
                },
              ]}
            />
          </Card>
          {gateway.deployment === 'self_managed' && <SelfManaged productId={gateway.id} liveVersion={gateway.liveVersion} mode={gateway.authenticationMode} apicastGaps={apicastGaps} />}
          <Card
            id="mapping-rules"
            title="Mapping rules"
            description="Which requests count for which method."
            action={
              <LinkButton href={`/products/${gateway.id}/mapping-rules`} size="sm">
                {rules.length > RULES_SHOWN ? `All ${rules.length} rules` : 'Edit the rules'}
              </LinkButton>
            }
            flush
          >
            <ul className="divide-y divide-line">
              {rules.slice(0, RULES_SHOWN).map((rule) => (
                <li key={rule.id} className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
                  <VerbBadge verb={rule.verb} />
                  <code className="min-w-0 flex-1 basis-56 truncate font-mono text-[13px]">{rule.pattern}</code>
                  <span className="num text-text-2">+{rule.delta}</span>
                  <span className="min-w-0 flex-1 basis-40 truncate text-text-2">{rule.metric.name}</span>
                </li>
              ))}
              {rules.length === 0 && <li className="px-4 py-6 text-center text-text-2">No rules yet: the gateway answers every request with “No Mapping Rule matched”.</li>}
            </ul>
          </Card>
          <TestIntegration productId={gateway.id} prefill={suggestTestPath(rules)} stagingUrl={staging ?? ''} applications={applications} ready={gateway.privateBaseUrl !== null || mounts.length > 0} lastTest={gateway.lastTest} />
          <CredentialNames productId={gateway.id} stripCredentials={gateway.stripCredentials} referrerFiltersRequired={gateway.referrerFiltersRequired} mode={gateway.authenticationMode} credentials={gateway.credentials} endUserHeader={gateway.endUserHeader} endUserPlans={ctx.tenant.features.endUserPlans === true} />
          {oauth && <LoginUrl productId={gateway.id} loginUrl={oauth.loginUrl} />}
          <SecretToken productId={gateway.id} />
          <MountedBackends
            productId={gateway.id}
            mounts={mounts}
            choices={backends.filter((backend) => mounts.every((mount) => mount.backend.id !== backend.id)).map(({ id, name }) => ({ id, name }))}
            countsTwice={mounts.some((mount) => mount.backend.mappingRules > 0) && rules.some((rule) => rule.pattern === '/' && rule.metric.systemName === 'hits')}
          />
          <OwnDomains productId={gateway.id} domains={domains} timeZone={ctx.tenant.timezone} />
          <ErrorAnswers productId={gateway.id} answers={gateway.errorAnswers} rateLimitHeaders={gateway.rateLimitHeaders} refusalStyle={gateway.refusalStyle} callSamplePercent={gateway.callSamplePercent} />
          <UpstreamBounds productId={gateway.id} bounds={gateway.bounds} />
          <ProductBursts productId={gateway.id} bursts={gateway.bursts} />
          <OtherGateways productId={gateway.id} accountingUrl={publicOrigin(`accounting.${env().GATEWAY_DOMAIN}`)} />
          <VersionList productId={gateway.id} versions={versions} />
        </div>
      </div>
    </>
  )
}
