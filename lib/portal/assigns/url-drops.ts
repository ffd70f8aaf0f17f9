import { drop, type LiquidObject } from '@/lib/liquid/values'
import type { Visit } from '@/lib/portal/portal-route'

type Place = { path: string; title: string; section: string }

/** Which part of the menu a path belongs to: `/admin/applications/7/edit` is under `applications`. */
export function sectionOf(path: string): string {
  if (path === '/') return 'portal'
  if (path === '/admin') return 'dashboard'
  if (path.startsWith('/docs')) return 'docs'
  if (path.startsWith('/plans')) return 'plans'
  if (path.startsWith('/buyer/stats')) return 'stats'
  if (path.startsWith('/admin/applications') || path.startsWith('/admin/contracts') || path === '/admin/access_details') return 'applications'
  if (path.startsWith('/admin/services') || path.startsWith('/admin/service_contracts')) return 'services'
  if (path.startsWith('/admin/account')) return 'account'
  if (path.startsWith('/login') || path.startsWith('/session')) return 'login'
  return path.startsWith('/signup') ? 'signup' : 'portal'
}

/** `urls`: each prints as its path and knows whether the reader is there. Areas that do not exist here are empty. */
export function urlDrops(visit: Visit, here: string): LiquidObject {
  const { settings } = visit
  const places: Record<string, Place | null> = {
    home: { path: '/', title: 'Home', section: 'portal' },
    docs: { path: '/docs', title: 'Documentation', section: 'docs' },
    plans: { path: '/plans', title: 'Plans', section: 'plans' },
    signup: { path: '/signup', title: 'Sign up', section: 'signup' },
    search: { path: '/search', title: 'Search', section: 'search' },
    login: { path: '/login', title: 'Sign in', section: 'login' },
    logout: { path: '/logout', title: 'Sign out', section: 'login' },
    forgot_password: { path: '/admin/account/password/new', title: 'Forgot your password?', section: 'login' },
    cas_login: null,
    dashboard: { path: '/admin', title: 'Dashboard', section: 'dashboard' },
    applications: { path: '/admin/applications', title: 'Applications', section: 'applications' },
    new_application: { path: '/admin/applications/new', title: 'New application', section: 'applications' },
    api_access_details: { path: '/admin/access_details', title: 'API credentials', section: 'applications' },
    access_details: { path: '/admin/access_details', title: 'API credentials', section: 'applications' },
    services: settings.multipleProducts ? { path: '/admin/services', title: 'APIs', section: 'services' } : null,
    service_subscription: { path: '/admin/service_contracts/new', title: 'Subscribe', section: 'services' },
    stats: { path: '/buyer/stats', title: 'Statistics', section: 'stats' },
    account_overview: { path: '/admin/account', title: 'Account', section: 'account' },
    personal_details: { path: '/admin/account/personal_details', title: 'Personal details', section: 'account' },
    users: settings.multipleUsers ? { path: '/admin/account/users', title: 'Users', section: 'account' } : null,
    invitations: settings.multipleUsers ? { path: '/admin/account/invitations', title: 'Invitations', section: 'account' } : null,
    new_invitation: settings.multipleUsers ? { path: '/admin/account/invitations/new', title: 'Invite a colleague', section: 'account' } : null,
    plan_changes: { path: '/admin/account/plan_changes', title: 'Plan requests', section: 'account' },
    credit_card_terms: { path: '/terms', title: 'Terms of service', section: 'portal' },
    credit_card_privacy: { path: '/privacy', title: 'Privacy', section: 'portal' },
    credit_card_refunds: { path: '/refunds', title: 'Refunds', section: 'portal' },
    // Messages, account plans, invoices and cards are not there yet.
    ...Object.fromEntries(['compose_message', 'messages_new', 'messages_inbox', 'messages_outbox', 'messages_trash', 'empty_messages_trash', 'account_plans', 'invoices', 'payment_details'].map((name) => [name, null])),
  }
  const section = sectionOf(here)
  return Object.fromEntries(
    Object.entries(places).map(([name, place]) => {
      if (!place) return [name, null]
      const { path, title } = place
      const isBelow = path === '/' ? here === '/' : here === path || here.startsWith(`${path}/`)
      return [name, drop('url', name, { title, path, 'current?': here === path, 'current_or_subpath?': isBelow, 'active?': section === place.section }, path)]
    }),
  )
}
