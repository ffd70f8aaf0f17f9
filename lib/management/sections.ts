import { permissions, type Permission } from '@/lib/tenants/context'

/**
 * 3scale's sections (reference portal 1.2) and what they stand for here. Our finer permissions may be named as well;
 * ours called plans is `plans_only`, since 3scale's section of that name opens more.
 */
const sections: Record<string, readonly Permission[]> = {
  portal: ['portal'],
  settings: ['settings'],
  partners: ['partners'],
  monitoring: ['analytics'],
  plans: ['products', 'gateway', 'plans'],
  products: ['products'],
  gateway: ['gateway'],
  plans_only: ['plans'],
  members: ['members'],
}

export const sectionNames: readonly string[] = Object.keys(sections)

/** `plans` -> products, gateway and plans: what 3scale's section of that name opens. */
export function permissionsOfSections(names: readonly string[]): Permission[] {
  const wanted = new Set(names.flatMap((name) => sections[name] ?? []))
  return permissions.filter((permission) => wanted.has(permission))
}

/** The sections that say what somebody holds, the wide ones first; none says more than is held. */
export function allowedSections(held: readonly Permission[]): string[] {
  const said = new Set<Permission>()
  return Object.entries(sections).flatMap(([name, parts]) => {
    if (!parts.every((part) => held.includes(part)) || parts.every((part) => said.has(part))) return []
    for (const part of parts) said.add(part)
    return [name]
  })
}
