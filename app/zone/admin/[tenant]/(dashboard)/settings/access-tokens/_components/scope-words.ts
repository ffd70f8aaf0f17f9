/** What each scope opens, in words. Finance waits for billing: nothing asks for it yet. */
export const scopeWords = [
  { scope: 'account_management', label: 'Accounts, applications and APIs', hint: 'Everything but the three below.' },
  { scope: 'cms', label: 'Portal content', hint: 'Pages, layouts, partials and files.' },
  { scope: 'stats', label: 'Analytics', hint: 'Usage of applications and products.' },
  { scope: 'policy_registry', label: 'Policy registry', hint: 'Schemas of policies of your own gateways.' },
] as const

export function scopeLabel(scope: string): string {
  return scopeWords.find((words) => words.scope === scope)?.label ?? 'Finance'
}
