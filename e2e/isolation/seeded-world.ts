import { randomBytes } from 'node:crypto'
import { runSeed, seedOnce } from '@/e2e/harness/seed-once'
import type { Permission } from '@/lib/tenants/context'

/** What every seeded tenant has one of, by name; the policy table builds paths and inputs from these. */
const idNames = [
  'product', 'otherProduct', 'spareProduct', 'hits', 'method', 'otherMethod', 'spareMethod', 'rule', 'spareRule', 'plan', 'otherPlan', 'sparePlan', 'planToMove', 'endUserPlan', 'otherEndUserPlan',
  'endUser', 'spareEndUser', 'account', 'pendingAccount', 'otherPendingAccount', 'suspendedAccount', 'spareAccount', 'developer', 'spareDeveloper', 'application', 'keyedApplication',
  'spareApplication', 'pendingApplication', 'otherPendingApplication', 'credential', 'spareCredential', 'accessToken', 'invitation', 'mail', 'spareMember', 'memberToSuspend', 'memberToResume',
  'memberToRemove', 'session', 'portalFile', 'sparePortalFile', 'endpoint', 'spareEndpoint', 'delivery', 'domain', 'spareDomain', 'spec', 'spareSpec',
  'field', 'spareField', 'planRequest', 'otherPlanRequest',
] as const

export type Ids = Record<(typeof idNames)[number], number>

/** Ids that were never given out, each another. */
export const neverIds = Object.fromEntries(idNames.map((name, index) => [name, 900_000_000_000_000 + index])) as Ids

export type SignedIn = { cookieName: string; cookie: string; csrf: string }

export type SeededTenant = {
  id: number
  slug: string
  email: string
  ids: Ids
  people: { admin: SignedIn; adminWithoutStepUp: SignedIn; nobody: SignedIn; suspended: SignedIn; developer: SignedIn; lacking: Record<Permission, SignedIn> }
  emptyTables: string[]
  plantedTables: string[]
  secrets: Record<string, string>
}

export type SeededWorld = { databaseUrl: string; password: string; tenants: SeededTenant[] }

/** Seeds as many tenants into the Gatehouse of this run; their slugs are random. */
export async function seedWorld(count: number): Promise<SeededWorld> {
  const slugs = Array.from({ length: count }, (_, index) => `${'abcdefgh'[index]}${randomBytes(5).toString('hex')}`)
  return runSeed('e2e/isolation/seed.ts', { ISOLATION_SLUGS: slugs.join(','), ISOLATION_UPSTREAM: process.env.E2E_UPSTREAM_URL, ISOLATION_SECRET: process.env.E2E_UPSTREAM_SECRET })
}

/** Two tenants for tests that only look, the same for the whole run. */
export function seedPair(): Promise<SeededWorld> {
  return seedOnce('pair', () => seedWorld(2))
}
