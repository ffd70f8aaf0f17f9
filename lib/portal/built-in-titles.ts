import type { TemplateKind } from '@/lib/portal/built-in'
import { partnerMails } from '@/lib/portal/mails/mail-catalogue'

/** What a built-in template is called in the list of Content, and a page in the browser's tab. */
const titles: Record<string, string> = {
  'layout main_layout': 'Main layout',
  'layout error': 'Error layout',
  'page home': 'Home',
  'page docs': 'Documentation',
  'page docs_spec': 'API reference',
  'page plans': 'Plans',
  'page terms': 'Terms of service',
  'page privacy': 'Privacy',
  'page refunds': 'Refunds',
  'page dashboards/show': 'Dashboard',
  'page signup/show': 'Sign up',
  'page signup/success': 'Thank you',
  'page errors/not_found': 'Page not found',
  'page errors/forbidden': 'Not allowed',
  'page errors/internal_server_error': 'Something broke',
  'page login/new': 'Sign in',
  'page login/logout': 'Sign out',
  'page login/logged_out': 'Signed out',
  'page password/new': 'Forgot your password?',
  'page password/show': 'New password',
  'page activate/show': 'Confirm your e-mail address',
  'page accounts/invitee_signups/show': 'Join your colleagues',
  'page account/show': 'Account',
  'page account/edit': 'Edit account',
  'page user/show': 'Personal details',
  'page accounts/users/edit': 'Edit user',
  'page accounts/users/index': 'Users',
  'page invitations/index': 'Invitations',
  'page invitations/new': 'Invite a colleague',
  'page accounts/plan_changes/index': 'Plan requests',
  'page applications/index': 'Applications',
  'page applications/show': 'Application',
  'page applications/new': 'New application',
  'page applications/edit': 'Edit application',
  'page applications/choose_service': 'Choose an API',
  'page applications/alerts/index': 'Alerts',
  'page applications/calls/index': 'Calls',
  'page applications/calls/show': 'Call',
  'page docs_errors': 'Refusals',
  'page services/index': 'APIs',
  'page stats/index': 'Statistics',
  'page search/index': 'Search',
}

export function builtInTitle(kind: TemplateKind, systemName: string): string {
  const known = kind === 'mail' ? partnerMails.find((mail) => mail.systemName === systemName)?.title : titles[`${kind} ${systemName}`]
  if (known) return known
  const words = systemName.replace(/[/_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
