/** Words that do not follow from the action's own name. */
const words: Record<string, string> = {
  'member.sign_in_failed': 'Sign-in failed',
  'member.signed_in': 'Signed in',
  'member.signed_out': 'Signed out',
  'member.session_ended': 'Session ended',
  'member.confirmed': 'E-mail confirmed',
  'member.changed': 'Role changed',
  'member.deleted': 'Member removed',
  'tenant.created': 'Organisation signed up',
  'tenant.changed': 'Organisation changed',
  'tenant.suspended': 'Organisation suspended',
  'tenant.resumed': 'Organisation resumed',
  'tenant.feature_changed': 'Feature switched',
  'credential.created': 'Key added',
  'credential.revoked': 'Key revoked',
  'credential.rotated': 'Key replaced',
  'credential.revealed': 'Key shown',
  'provider_key.revealed': 'Provider key shown',
  'product.promoted': 'Promoted to production',
  'product.rolled_back': 'Rolled back',
  'product.imported': 'OpenAPI imported',
  'product.secret_token_revealed': 'Secret token shown',
}

const nouns: Record<string, string> = { metric: 'Methods and metrics', tenant: 'Organisation', credential: 'Keys', end_user: 'End users', provider_key: 'Provider key', product: 'Products', plan: 'Plans', field_definition: 'Fields', portal: 'Portal', api_spec: 'ActiveDocs', webhook_delivery: 'Webhook deliveries' }

/** `plan.limits_changed` → "Plan limits changed". */
export function sayAction(action: string): string {
  return words[action] ?? capital(action.replace('.', ' ').replaceAll('_', ' ').replace(/^end user/, 'end-user'))
}

export function sayNoun(noun: string): string {
  return nouns[noun] ?? `${capital(noun.replaceAll('_', ' '))}s`
}

/** `endUserRegistrationRequired` → "End user registration required". */
export function sayField(name: string): string {
  return capital(name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`).replaceAll('_', ' '))
}

/** A value of an entry as one reads it. */
export function sayValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(sayValue).join(', ')
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
