import type { Permission } from '@/lib/tenants/context'

/** What each permission opens, in the order of the rail. */
export const permissionWords: { value: Permission; label: string; hint: string }[] = [
  { value: 'products', label: 'Products', hint: 'Products, methods, mapping rules, imports.' },
  { value: 'gateway', label: 'Gateway', hint: 'Addresses, credentials, tests, promotion.' },
  { value: 'plans', label: 'Plans', hint: 'Plans, limits, end users.' },
  { value: 'partners', label: 'Partners', hint: 'Accounts, applications and their keys.' },
  { value: 'portal', label: 'Portal', hint: 'What partners see.' },
  { value: 'analytics', label: 'Analytics', hint: 'Usage and its exports.' },
  { value: 'settings', label: 'Settings', hint: 'Organisation, audit log, features.' },
  { value: 'members', label: 'Members', hint: 'Colleagues and their roles.' },
]

export function labelsOf(permissions: readonly string[]): string[] {
  return permissionWords.filter(({ value }) => permissions.includes(value)).map(({ label }) => label)
}
