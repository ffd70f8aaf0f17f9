/** What each scope opens, in words. Finance waits for billing: nothing asks for it yet. */
export const scopeWords = [
  { scope: 'account_management', label: 'Accounts, applications and APIs', hint: 'Everything but the three below.' },
  { scope: 'cms', label: 'Portal content', hint: 'Pages, layouts, partials and files.' },
  { scope: 'stats', label: 'Analytics', hint: 'Usage of applications and products.' },
  { scope: 'policy_registry', label: 'Policy registry', hint: 'Schemas of policies of your own gateways.' },
] as const

/** Of one token: the scopes that open something, by their names on screen. */
export function scopesInWords(scopes: readonly string[]): string {
  return scopeWords.filter(({ scope }) => scopes.includes(scope)).map(({ label }) => label).join(', ') || 'Nothing yet'
}
