import type { LiquidObject, LiquidValue } from '@/lib/liquid/values'
import { drop, dropList, type Drop } from '@/lib/liquid/values'
import { loadCatalogue, type ServiceFacts } from '@/lib/portal/assigns/catalogue'
import { loadCurrent } from '@/lib/portal/assigns/current-drops'
import { catalogueDrops, type CatalogueDrops } from '@/lib/portal/assigns/service-drops'
import { flashDrop, i18nDrop, menuDrop, requestDrop, todayDrop } from '@/lib/portal/assigns/small-drops'
import { loadBrand, type Brand } from '@/lib/portal/assigns/theme-drop'
import { urlDrops } from '@/lib/portal/assigns/url-drops'
import type { SourceText } from '@/lib/portal/mentions'
import type { Flash, PortalRequest, Visit } from '@/lib/portal/portal-route'

export type GlobalsWanted = {
  text: SourceText
  isOwnPage: boolean
  flash: Flash[]
}

/**
 * What every template of the portal may speak of (reference portal 4.2). How many queries it takes does not depend on
 * how many products, plans, methods or applications there are.
 */
export async function loadGlobals(visit: Visit, request: PortalRequest, { text, isOwnPage, flash }: GlobalsWanted): Promise<Record<string, LiquidValue>> {
  const [brand, catalogue, current] = await Promise.all([loadBrand(visit), loadServicesFor(visit, request, text), loadCurrent(visit, text)])
  const services = catalogue ?? noServices
  const provider = providerDrop(visit, brand, services)
  const menu = menuDrop(request.path, isOwnPage)
  return {
    site: { account: provider, company_name: visit.ctx.tenant.name, favicon: '/favicon.ico', authentication_providers: dropList([]), service: services.services.$list[0] ?? null, plans: dropList(services.publishedPlans, (plan) => String(plan.system_name)), 'forum?': false },
    request: requestDrop(visit, request),
    urls: urlDrops(visit, request.path),
    provider,
    site_account: provider,
    provider_account: provider,
    theme: brand.theme,
    forum: { 'enabled?': false, latest_posts: [] },
    today: todayDrop(visit.ctx.now, visit.ctx.tenant.timezone),
    i18n: i18nDrop,
    flash: flashDrop(flash),
    menu,
    _menu: menu,
    model: { account_plans: dropList([]), services: services.services, selected_plans: services.publishedPlans.filter((plan) => plan['selected?'] === true) },
    ...current,
  }
}

/** Every way from a global to a product or plan begins with one of these; `urls.services` is only an address. */
const CATALOGUE = /(?<!\burls)\.(services|api_specs|application_plans|selected_plans)\b|\bsite\.(plans|service)\b|\[\s*['"](services|api_specs|plans)['"]\s*\]/

/** The tenant's products and plans, if a template speaks of them. */
async function loadServicesFor(visit: Visit, request: PortalRequest, { all, mentions }: SourceText): Promise<CatalogueDrops | null> {
  if (!CATALOGUE.test(all)) return null
  const parts = { limits: mentions('limits', 'metrics'), metrics: mentions('metrics'), methods: mentions('disabled_methods'), sample: mentions('sample_path') }
  const [facts, bought] = await Promise.all([loadCatalogue(visit.ctx, parts), readBought(visit)])
  const selected = [...request.query.getAll('plan_ids[]'), ...request.query.getAll('plan_ids')].map(Number)
  return catalogueDrops(facts, { supportEmail: visit.settings.contactEmail ?? '', ...bought, selectedPlanIds: new Set(selected) })
}

/** The whole catalogue as drops, for pages that show an application, its plan, its API. */
export async function loadCatalogueDrops(visit: Visit, parts: { limits?: boolean; metrics?: boolean; methods?: boolean } = {}): Promise<{ facts: ServiceFacts[]; drops: CatalogueDrops }> {
  const [facts, bought] = await Promise.all([loadCatalogue(visit.ctx, parts), readBought(visit)])
  return { facts, drops: catalogueDrops(facts, { supportEmail: visit.settings.contactEmail ?? '', ...bought }) }
}

async function readBought(visit: Visit): Promise<{ boughtPlanIds: Set<number>; boughtProductIds: Set<number> }> {
  if (!visit.developer) return { boughtPlanIds: new Set(), boughtProductIds: new Set() }
  const rows = await visit.ctx.db.application.findMany({ where: { accountId: visit.developer.accountId, kind: 'partner' }, distinct: ['planId', 'productId'], select: { planId: true, productId: true } })
  return { boughtPlanIds: new Set(rows.flatMap(({ planId }) => (planId === null ? [] : [Number(planId)]))), boughtProductIds: new Set(rows.map(({ productId }) => Number(productId))) }
}

const noServices: CatalogueDrops = { services: dropList([]), serviceOf: () => null, planOf: () => null, publishedPlans: [] }

function providerDrop({ ctx, settings, origin }: Visit, brand: Brand, { services }: CatalogueDrops): Drop {
  const { id, name, timezone } = ctx.tenant
  const email = settings.contactEmail ?? ''
  const specs = services.$list.flatMap((service) => ((service as LiquidObject).api_specs as { $list: Drop[] }).$list)
  return drop('provider', Number(id), {
    name,
    tagline: brand.tagline,
    contact_email: email,
    full_address: '',
    country_name: '',
    telephone_number: '',
    vat_zero_text: '',
    domain: new URL(origin).hostname,
    timezone: drop('timezone', timezone, { full_name: timezone, identifier: timezone }, timezone),
    support_email: email,
    finance_support_email: email,
    payment_gateway: { type: '', 'braintree_blue?': false, 'authorize_net?': false },
    'multiple_applications_allowed?': settings.multipleApplications,
    'multiple_services_allowed?': settings.multipleProducts,
    'multiple_users_allowed?': settings.multipleUsers,
    'finance_allowed?': false,
    'account_plans_allowed?': false,
    'requires_credit_card?': false,
    'signups_enabled?': settings.signupsEnabled,
    'account_management_enabled?': true,
    account_plans: dropList([]),
    services,
    logo_url: brand.logoUrl,
    api_specs: dropList(specs, (spec) => String(spec.system_name)),
  }, name)
}
