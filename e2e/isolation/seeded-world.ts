import { randomBytes } from 'node:crypto'
import { runSeed, seedOnce } from '@/e2e/harness/seed-once'
import type { Permission } from '@/lib/tenants/context'

/** What every seeded tenant has one of, by name; the policy table builds paths and inputs from these. */
const idNames = [
  'product', 'otherProduct', 'spareProduct', 'hits', 'method', 'otherMethod', 'spareMethod', 'rule', 'spareRule', 'plan', 'otherPlan', 'sparePlan', 'planToMove', 'endUserPlan', 'otherEndUserPlan',
  'endUser', 'spareEndUser', 'account', 'pendingAccount', 'otherPendingAccount', 'suspendedAccount', 'spareAccount', 'developer', 'spareDeveloper', 'application', 'keyedApplication',
  'spareApplication', 'pendingApplication', 'otherPendingApplication', 'credential', 'spareCredential', 'accessToken', 'spareAccessToken', 'invitation', 'mail', 'spareMember', 'memberToSuspend', 'memberToResume',
  'memberToRemove', 'session', 'portalFile', 'sparePortalFile', 'endpoint', 'spareEndpoint', 'delivery', 'domain', 'spareDomain', 'gatewayDomain', 'spareGatewayDomain', 'spec', 'spareSpec',
  'field', 'spareField', 'planRequest', 'otherPlanRequest',
  'backend', 'spareBackend', 'mountable', 'backendMethod', 'spareBackendMethod', 'backendRule', 'spareBackendRule', 'backendUsage', 'spareBackendUsage', 'feature', 'pricingRule', 'registryPolicy', 'grant', 'spareGrant', 'call', 'spareCallShare',
] as const

export type Ids = Record<(typeof idNames)[number], number>

/** Ids that were never given out, each another. */
export const neverIds = Object.fromEntries(idNames.map((name, index) => [name, 900_000_000_000_000 + index])) as Ids

/** What the portal's routes take: ids of one account's things, and names and links that stand for a thing. */
const portalNumbers = [
  'product', 'otherProduct', 'plan', 'method', 'application', 'keyedApplication', 'spareApplication', 'appKey', 'otherAppKey', 'alert', 'otherAlert', 'planRequest', 'colleague', 'otherColleague',
  'invitation', 'otherInvitation', 'session', 'call',
] as const
const portalTexts = ['spec', 'activationCode', 'invitationToken', 'resetToken', 'login'] as const

export type PortalIds = Record<(typeof portalNumbers)[number], number> & Record<(typeof portalTexts)[number], string>

/** The same that never was: names and links are as long as real ones. */
export const neverPortalIds = {
  ...Object.fromEntries(portalNumbers.map((name, index) => [name, 900_000_000_000_000 + index])),
  ...Object.fromEntries(portalTexts.map((name, index) => [name, `never-${'x'.repeat(36)}${index}`])),
  login: 'never-was@example.com',
} as PortalIds

export type SignedIn = { cookieName: string; cookie: string; csrf: string }

export type SeededTenant = {
  id: number
  slug: string
  email: string
  ids: Ids
  people: { admin: SignedIn; adminWithoutStepUp: SignedIn; nobody: SignedIn; suspended: SignedIn; developer: SignedIn; lacking: Record<Permission, SignedIn> }
  portal: SeededPortal
  emptyTables: string[]
  plantedTables: string[]
  secrets: Record<string, string>
}

/** Two accounts of the tenant with one of everything each, and who came to the portal. */
export type SeededPortal = {
  one: PortalIds
  two: PortalIds
  /** Of the first account: things of a colleague, and things of the tenant that partners do not see. */
  colleagues: PortalIds
  hidden: PortalIds
  people: { accountAdmin: SignedIn; member: SignedIn; otherAdmin: SignedIn; suspended: SignedIn; ofSuspendedAccount: SignedIn; spare: SignedIn[] }
  accountIds: [one: number, two: number]
  /** Tables whose rows belong to an account. */
  accountTables: string[]
  /** Good for looking at drafts: as a visitor, and as an admin of the first account. */
  previews: { visitor: string; developer: string }
  password: string
}

export type PortalDoor = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; who: 'anyone' | 'developer' | 'account_admin' }

export type SeededWorld = { databaseUrl: string; password: string; tenants: SeededTenant[]; portalRoutes: PortalDoor[] }

/** Seeds as many tenants into the Gatehouse of this run; their slugs are random. */
export async function seedWorld(count: number): Promise<SeededWorld> {
  const slugs = Array.from({ length: count }, (_, index) => `${'abcdefgh'[index]}${randomBytes(5).toString('hex')}`)
  return runSeed('e2e/isolation/seed.ts', { ISOLATION_SLUGS: slugs.join(','), ISOLATION_UPSTREAM: process.env.E2E_UPSTREAM_URL, ISOLATION_SECRET: process.env.E2E_UPSTREAM_SECRET })
}

/** Two tenants for tests that only look, the same for the whole run. */
export function seedPair(): Promise<SeededWorld> {
  return seedOnce('pair', () => seedWorld(2))
}
