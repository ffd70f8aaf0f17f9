import type { TemplateKind } from '@/lib/cms/schema'

/** Where a visitor or a partner meets a built-in page; pages of one thing need its id, so they have no fixed place. */
const places: Record<string, string> = {
  home: '/', docs: '/docs', plans: '/plans', terms: '/terms', privacy: '/privacy', refunds: '/refunds',
  'signup/show': '/signup', 'signup/success': '/signup/success', 'login/new': '/login', 'password/new': '/admin/account/password/new', 'password/show': '/admin/account/password',
  'dashboards/show': '/admin', 'account/show': '/admin/account', 'account/edit': '/admin/account/edit', 'user/show': '/admin/account/personal_details',
  'accounts/users/index': '/admin/account/users', 'invitations/index': '/admin/account/invitations', 'invitations/new': '/admin/account/invitations/new',
  'applications/index': '/admin/applications', 'applications/new': '/admin/applications/new', 'applications/choose_service': '/admin/applications/choose_service',
  'services/index': '/admin/services', 'stats/index': '/buyer/stats', 'accounts/plan_changes/index': '/admin/account/plan_changes', 'search/index': '/search',
}

export function builtInPathOf(kind: TemplateKind, systemName: string): string | null {
  return kind === 'page' && Object.hasOwn(places, systemName) ? places[systemName]! : null
}

/** Error pages stand in the error layout, all others in the main one; nothing stands around a mail or a partial. */
export function builtInLayoutOf(kind: TemplateKind, systemName: string): string | null {
  if (kind !== 'page') return null
  return systemName.startsWith('errors/') ? 'error' : 'main_layout'
}

/** What shows a template best: its own place; an error page is met where nothing is; layouts and partials on the home page. */
export function previewPathOf(kind: TemplateKind, systemName: string, path: string | null): string | null {
  if (kind === 'mail') return null
  if (path !== null) return path
  if (kind === 'page') return systemName.startsWith('errors/') ? '/there-is-no-such-page' : null
  return systemName === 'error' ? '/there-is-no-such-page' : '/'
}
