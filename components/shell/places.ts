/**
 * The places of the dashboard, as the rail, the breadcrumb and the search know them. Only what exists and what this
 * member may enter; a place that comes later is added here.
 */
export type PlaceIcon =
  | 'home'
  | 'products'
  | 'backends'
  | 'tokens'
  | 'api'
  | 'accounts'
  | 'applications'
  | 'requests'
  | 'portal'
  | 'content'
  | 'theme'
  | 'domains'
  | 'email'
  | 'fields'
  | 'switches'
  | 'alerts'
  | 'webhooks'
  | 'organisation'
  | 'members'
  | 'sessions'
  | 'audit'
  | 'features'

/** `count`: how many things wait there. */
export type Place = { href: string; label: string; icon: PlaceIcon; keywords?: string[]; exact?: boolean; external?: boolean; count?: number }
export type PlaceGroup = { label: string | null; places: Place[] }

export type PlacesFor = { permissions: readonly string[]; portalUrl: string; openRequests?: number }

export function dashboardPlaces({ permissions, portalUrl, openRequests }: PlacesFor): PlaceGroup[] {
  const may = (...any: string[]) => any.some((permission) => permissions.includes(permission))
  const groups: (PlaceGroup | false)[] = [
    {
      label: null,
      places: [
        { href: '/', label: 'Home', icon: 'home', exact: true },
        ...(may('products', 'gateway', 'plans', 'analytics') ? [{ href: '/products', label: 'APIs', icon: 'products', keywords: ['products', 'methods', 'gateway', 'plans'] } satisfies Place] : []),
        ...(may('gateway') ? [{ href: '/backends', label: 'Backends', icon: 'backends', keywords: ['upstreams', 'servers', 'mount'] } satisfies Place] : []),
      ],
    },
    may('partners') && {
      label: 'Partners',
      places: [
        { href: '/accounts', label: 'Accounts', icon: 'accounts', keywords: ['developers', 'companies'] },
        { href: '/applications', label: 'Applications', icon: 'applications', keywords: ['keys'] },
        { href: '/requests', label: 'Requests', icon: 'requests', keywords: ['inbox', 'approve', 'plan change', 'sign-up'], count: openRequests },
      ],
    },
    {
      label: 'Portal',
      places: [
        { href: portalUrl, label: 'Portal home', icon: 'portal', external: true },
        ...(may('portal')
          ? ([
              { href: '/portal/content', label: 'Content', icon: 'content', keywords: ['pages', 'layouts', 'partials', 'files', 'liquid', 'favicon'] },
              { href: '/portal/theme', label: 'Theme', icon: 'theme', keywords: ['logo', 'colours', 'branding'] },
              { href: '/portal/domains', label: 'Domains', icon: 'domains', keywords: ['dns', 'custom domain', 'host'] },
              { href: '/portal/email', label: 'E-mail', icon: 'email', keywords: ['contact', 'templates', 'mail'] },
              { href: '/portal/fields', label: 'Sign-up & fields', icon: 'fields', keywords: ['extra fields', 'registration', 'approval'] },
              { href: '/portal/settings', label: 'Settings', icon: 'switches', keywords: ['features', 'several users', 'several applications'] },
            ] satisfies Place[])
          : []),
      ],
    },
    may('analytics') && { label: 'Insights', places: [{ href: '/alerts', label: 'Alerts', icon: 'alerts', keywords: ['limits', 'usage'] }] },
    {
      label: 'Settings',
      places: [
        ...(may('settings') ? [{ href: '/settings/organisation', label: 'Organisation', icon: 'organisation' } as const] : []),
        ...(may('members') ? [{ href: '/settings/members', label: 'Members & roles', icon: 'members', keywords: ['invite', 'permissions', 'team'] } satisfies Place] : []),
        { href: '/settings/access-tokens', label: 'Access tokens', icon: 'tokens', keywords: ['management api', 'automation'] },
        { href: '/settings/api', label: 'Management API', icon: 'api', keywords: ['rest', 'openapi', 'admin api', 'automation'] },
        ...(may('settings') ? [{ href: '/settings/webhooks', label: 'Webhooks', icon: 'webhooks', keywords: ['events', 'deliveries'] } satisfies Place] : []),
        { href: '/settings/sessions', label: 'Sessions', icon: 'sessions', keywords: ['password', 'sign out'] },
        ...(may('settings') ? [{ href: '/settings/audit-log', label: 'Audit log', icon: 'audit' } as const, { href: '/settings/features', label: 'Features', icon: 'features', keywords: ['end-user plans'] } satisfies Place] : []),
      ],
    },
  ]
  return groups.filter((group) => group !== false)
}

export type ProductTabsFor = { productId: number | string; endUserPlans: boolean; oauth?: boolean; counts?: Partial<Record<'methods' | 'mappingRules' | 'plans', number>> }

/** The tabs of one product. */
export function productTabs({ productId, endUserPlans, oauth = false, counts = {} }: ProductTabsFor): { href: string; label: string; exact?: boolean; also?: string; count?: number }[] {
  const at = `/products/${productId}`
  return [
    { href: at, label: 'Overview', exact: true },
    { href: `${at}/methods`, label: 'Methods', also: `${at}/import`, count: counts.methods },
    { href: `${at}/mapping-rules`, label: 'Mapping rules', count: counts.mappingRules },
    { href: `${at}/gateway`, label: 'Gateway' },
    { href: `${at}/policies`, label: 'Policies' },
    ...(oauth ? [{ href: `${at}/oauth`, label: 'OAuth' }] : []),
    { href: `${at}/plans`, label: 'Plans', also: `${at}/limit-lab`, count: counts.plans },
    ...(endUserPlans ? [{ href: `${at}/end-users`, label: 'End users' }] : []),
    { href: `${at}/activedocs`, label: 'ActiveDocs' },
    { href: `${at}/calls`, label: 'Calls' },
    { href: `${at}/analytics`, label: 'Analytics' },
    { href: `${at}/settings`, label: 'Settings' },
  ]
}

const words: Record<string, string> = {
  products: 'APIs',
  methods: 'Methods',
  'mapping-rules': 'Mapping rules',
  gateway: 'Gateway',
  plans: 'Plans',
  'end-users': 'End users',
  policies: 'Policies',
  oauth: 'OAuth',
  calls: 'Calls',
  simulator: 'Simulator',
  'integration-errors': 'Integration errors',
  'limit-lab': 'Limit lab',
  backends: 'Backends',
  'access-tokens': 'Access tokens',
  api: 'Management API',
  activedocs: 'ActiveDocs',
  analytics: 'Analytics',
  requests: 'Requests',
  portal: 'Portal',
  content: 'Content',
  theme: 'Theme',
  domains: 'Domains',
  email: 'E-mail',
  fields: 'Sign-up & fields',
  alerts: 'Alerts',
  webhooks: 'Webhooks',
  settings: 'Settings',
  accounts: 'Accounts',
  applications: 'Applications',
  organisation: 'Organisation',
  members: 'Members & roles',
  sessions: 'Sessions',
  'audit-log': 'Audit log',
  features: 'Features',
  import: 'Import',
  new: 'New',
}

/** Below it a name has slashes of its own, and nothing stands in between. */
const oneName = /^(\/portal\/content)\/(.+)$/

/** Segments that have no page of their own. */
const noPage = new Set(['/settings', '/portal'])

/**
 * The way to a path. `names` holds what pages said about their own things (`CrumbName`); an id nobody named has the
 * label null, and the bar shows a blank until the page has said it.
 */
export function crumbsOf(path: string, names: Record<string, string>): { label: string | null; href?: string }[] {
  const [, above, below] = oneName.exec(path) ?? []
  if (above && below) return [...crumbsOf(above, names), { label: names[path] ?? null, href: path }]
  const segments = path.split('/').filter(Boolean)
  if (segments.length === 0) return [{ label: 'Home' }]
  return segments.map((segment, index) => {
    const href = `/${segments.slice(0, index + 1).join('/')}`
    const label = names[href] ?? words[segment] ?? (/^\d+$/.test(segment) ? null : segment.charAt(0).toUpperCase() + segment.slice(1).replaceAll('-', ' '))
    return noPage.has(href) ? { label } : { label, href }
  })
}
