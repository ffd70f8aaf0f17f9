import { findGatewayFacts, type GatewayFacts } from '@/lib/activedocs/gateway-facts'
import { autofillLists, listOwnApplications, type OwnApplication } from '@/lib/activedocs/own-keys'
import { findPublishedSpec, listPublishedSpecs, type SpecItem } from '@/lib/activedocs/queries'
import { readServedDocument, withOwnKeys } from '@/lib/activedocs/served-document'
import { notFound } from '@/lib/errors'
import { dropList, type LiquidObject } from '@/lib/liquid/values'
import { builtInAssetUrl } from '@/lib/portal/built-in'
import { specDrop } from '@/lib/portal/assigns/spec-drop'
import { viewerRoutes, viewerUrl } from '@/lib/portal/pages/docs-assets'
import { listDocsApis, sharedRefusals } from '@/lib/portal/pages/docs-start'
import { tryCall } from '@/lib/portal/pages/docs-try'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

/** The documentation: the way in, the published documents, the viewer and its proxy (reference portal 3.5 and 5). */
export const docsRoutes: PortalRoute[] = [
  { method: 'GET', path: '/docs', who: 'anyone', handle: showDocs },
  { method: 'GET', path: '/docs/:system_name', who: 'anyone', handle: showSpec },
  { method: 'GET', path: '/docs/:system_name/viewer.json', who: 'anyone', handle: describeViewer },
  { method: 'POST', path: '/docs/:system_name/try', who: 'anyone', handle: tryCall },
  { method: 'GET', path: '/swagger/spec', who: 'anyone', handle: listSpecFiles },
  { method: 'GET', path: '/swagger/spec.json', who: 'anyone', handle: listSpecFiles },
  { method: 'GET', path: '/swagger/spec/:system_name', who: 'anyone', handle: serveSpecFile },
  { method: 'GET', path: '/api_docs/services', who: 'anyone', handle: listSpecFiles },
  { method: 'GET', path: '/api_docs/services.json', who: 'anyone', handle: listSpecFiles },
  { method: 'GET', path: '/api_docs/services/:system_name', who: 'anyone', handle: serveSpecFile },
  { method: 'GET', path: '/api_docs/account_data.json', who: 'anyone', handle: showAccountData },
  ...viewerRoutes,
]

async function showDocs(visit: Visit): Promise<PortalAnswer> {
  const { ctx } = visit
  const [specs, own] = await Promise.all([listPublishedSpecs(ctx), listOwn(visit)])
  const apis = await listDocsApis(ctx, specs, own)
  return { kind: 'page', page: 'docs', title: 'Documentation', assigns: { apis, shared_refusals: sharedRefusals(apis), docs_style_url: builtInAssetUrl('/css/active_docs.css'), api_specs: dropList(specs.map((spec) => specDrop(spec, { baseUrl: '' })), (spec) => String(spec.system_name)) } }
}

async function showSpec({ ctx }: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { spec, gateway } = await getPublished(ctx, request)
  const { groups } = await readServedDocument(ctx, spec, gateway)
  return {
    kind: 'page',
    page: 'docs_spec',
    title: spec.name,
    assigns: {
      api_spec: specDrop(spec, { baseUrl: gateway?.baseUrl ?? '' }),
      callable: gateway !== null,
      operation_groups: groups.map(({ tag, description, operations }): LiquidObject => ({ tag: tag === 'default' && groups.length === 1 ? '' : tag, description, operations: operations.map((operation) => ({ ...operation })) })),
      viewer: { style_url: viewerUrl('swagger-ui.css'), script_url: builtInAssetUrl('/javascripts/active_docs.js'), own_style_url: builtInAssetUrl('/css/active_docs.css') },
    },
  }
}

/** What the viewer's script needs to know; keys are the signed-in developer's own (DOC-1). */
async function describeViewer(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { ctx, developer, csrfToken } = visit
  const { spec, gateway } = await getPublished(ctx, request)
  const { servers, schemes } = await readServedDocument(ctx, spec, gateway)
  const applications = gateway ? await listOwn(visit, spec.productId) : []
  const page = `/docs/${spec.systemName}`
  const body = {
    spec_url: `/swagger/spec/${spec.systemName}.json`,
    try_url: `${page}/try`,
    script_url: viewerUrl('swagger-ui-bundle.js'),
    style_url: viewerUrl('swagger-ui.css'),
    login_url: `/login?return_to=${encodeURIComponent(page)}`,
    signed_in: developer !== null,
    callable: gateway !== null,
    csrf_token: csrfToken,
    servers,
    applications: applications.map((application) => ({ id: application.id, name: application.name, values: credentialValues(application, schemes, gateway!.authentication.mode) })),
  }
  return { kind: 'json', body, headers: privately }
}

/** By scheme: one value, or user and password of Basic. Empty where the key can no longer be shown. */
function credentialValues({ appId, userKey, appKey }: OwnApplication, schemes: { id: string; carries: string }[], mode: GatewayFacts['authentication']['mode']): Record<string, string | [string, string]> {
  const values = { user_key: userKey, app_id: appId, app_key: appKey }
  return Object.fromEntries(
    schemes.flatMap(({ id, carries }): [string, string | [string, string]][] => {
      if (carries === 'basic') return mode === 'user_key' ? [[id, [userKey ?? '', '']]] : [[id, [appId, appKey ?? '']]]
      return [[id, values[carries as keyof typeof values] ?? '']]
    }),
  )
}

/** `?services=a,b` narrows to these system names. */
async function listSpecFiles({ ctx }: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  const wanted = query.get('services')?.split(',').map((name) => name.trim())
  const specs = (await listPublishedSpecs(ctx)).filter((spec) => !wanted || wanted.includes(spec.systemName))
  const apis = specs.map(({ id, systemName, name, description, version }) => ({ id, system_name: systemName, name, description, version, path: `/swagger/spec/${systemName}.json` }))
  return { kind: 'json', body: { apis }, headers: privately }
}

async function serveSpecFile(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { ctx } = visit
  const { spec, gateway } = await getPublished(ctx, request)
  const served = await readServedDocument(ctx, spec, gateway)
  const json = served.asksForAutofill ? withOwnKeys(served, autofillLists(await listOwn(visit))) : served.json
  return { kind: 'content', contentType: 'application/json; charset=utf-8', body: json, headers: privately }
}

/** Values for documents that fill them in by script; the shape is 3scale's, a refusal is a 200 as well. */
async function showAccountData(visit: Visit): Promise<PortalAnswer> {
  if (!visit.developer) return { kind: 'json', body: { status: 401 }, headers: privately }
  return { kind: 'json', body: { status: 200, results: autofillLists(await listOwn(visit)) }, headers: privately }
}

/** With keys in the clear; none in a preview, which nobody's session stands behind (CSP-2). */
async function listOwn({ ctx, preview }: Visit, productId?: number): Promise<OwnApplication[]> {
  return preview ? [] : listOwnApplications(ctx, productId)
}

const privately = { 'cache-control': 'private, no-store' }

/** A hidden document's addresses are those of one that never was (DOC-1). */
async function getPublished(ctx: Visit['ctx'], { params }: PortalRequest): Promise<{ spec: SpecItem; gateway: GatewayFacts | null }> {
  const spec = await findPublishedSpec(ctx, (params.system_name ?? '').replace(/\.json$/, ''))
  if (!spec) throw notFound()
  return { spec, gateway: await findGatewayFacts(ctx, BigInt(spec.productId)) }
}
