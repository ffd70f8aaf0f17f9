import { describe, expect, it } from 'vitest'
import { crumbsOf, dashboardPlaces, productTabs } from '@/components/shell/places'

const portalUrl = 'http://acme.portal.localhost:3000'
const labels = (permissions: string[]) => dashboardPlaces({ permissions, portalUrl }).flatMap(({ places }) => places.map(({ label }) => label))

describe('the places of the dashboard', () => {
  it('shows a member only the places his permissions open', () => {
    expect(labels(['partners'])).toEqual(['Home', 'Accounts', 'Applications', 'Requests', 'Portal home', 'Access tokens', 'Management API', 'Sessions'])
    expect(labels(['products', 'gateway', 'plans', 'partners', 'portal', 'analytics', 'settings', 'members'])).toEqual([
      'Home', 'APIs', 'Backends', 'Accounts', 'Applications', 'Requests', 'Portal home', 'Content', 'Theme', 'Domains', 'E-mail', 'Sign-up & fields', 'Settings', 'Alerts',
      'Organisation', 'Members & roles', 'Access tokens', 'Management API', 'Webhooks', 'Sessions', 'Audit log', 'Features',
    ])
  })

  it('shows End users in a product only while the feature is on', () => {
    const tabs = (endUserPlans: boolean) => productTabs({ productId: 7, endUserPlans }).map(({ href }) => href)
    expect(tabs(false)).not.toContain('/products/7/end-users')
    expect(tabs(true)).toContain('/products/7/end-users')
  })

  it('names the way to a place, ids by what their page said', () => {
    expect(crumbsOf('/products/7/mapping-rules', { '/products/7': 'REST API' })).toEqual([
      { label: 'APIs', href: '/products' },
      { label: 'REST API', href: '/products/7' },
      { label: 'Mapping rules', href: '/products/7/mapping-rules' },
    ])
    expect(crumbsOf('/settings/audit-log', {})).toEqual([{ label: 'Settings' }, { label: 'Audit log', href: '/settings/audit-log' }])
    expect(crumbsOf('/accounts/12', {})[1]).toEqual({ label: null, href: '/accounts/12' })
    expect(crumbsOf('/', {})).toEqual([{ label: 'Home' }])
    expect(crumbsOf('/portal/content/page/login/new', { '/portal/content/page/login/new': 'Sign in' })).toEqual([
      { label: 'Portal' },
      { label: 'Content', href: '/portal/content' },
      { label: 'Sign in', href: '/portal/content/page/login/new' },
    ])
  })
})
