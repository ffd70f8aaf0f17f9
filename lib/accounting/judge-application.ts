import { timingSafeEqual } from 'node:crypto'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import type { AuthKind } from '@/lib/accounting/authorize'
import type { AppKey } from '@/lib/accounting/load-data'
import type { Options } from '@/lib/accounting/read-options'
import type { Params } from '@/lib/accounting/parse-params'
import { rawTextOf } from '@/lib/accounting/read-values'
import type { Rejection, RejectionCode } from '@/lib/accounting/status'
import { appKeyHash } from '@/lib/applications/credential-hash'
import { isReferrerAllowed } from '@/lib/applications/match-referrer'

/** Everything that is judged before limits, in the order of reference gateway 4.3 (10); the first fault wins. */
export function judgeApplication(service: Service, application: KnownApplication, params: Params, { oauth }: AuthKind, { strictKeys }: Options, now: number): Rejection | null {
  if (oauth && service.version !== 'oauth') return no('oauth_not_enabled', 'oauth is not enabled')
  return (
    judgeKey(service, application, params, { oauth, strictKeys }, now) ??
    (oauth ? judgeRedirect(application, params) : null) ??
    judgeReferrer(service, application, params) ??
    (isActive(application) ? null : no('application_not_active', 'application is not active')) ??
    (service.product.active ? null : no('service_not_active', 'service is not active'))
  )
}

function judgeKey({ version }: Service, application: KnownApplication, params: Params, { oauth, strictKeys }: { oauth: boolean; strictKeys: boolean }, now: number): Rejection | null {
  if (version === '1' && !oauth) return null
  const key = params.has('app_key') ? (rawTextOf(params, 'app_key') ?? '') : null
  // With OAuth a key is looked at only where one is given, and an empty one is given.
  if (version === 'oauth' && key === null) return null
  if (version !== 'oauth' && !strictKeys && !hasKeys(application, now)) return null
  if (key !== null && matchAppKey(application, key, now)) return null
  return no('application_key_invalid', key === null || key.trim() === '' ? 'application key is missing' : `application key "${key.trim()}" is invalid`)
}

const hasKeys = ({ keys }: KnownApplication, now: number) => keys.some(({ expiresAt }) => expiresAt === null || now < expiresAt)

/** The live key that was given, without the blanks around it; all are compared, none ends the search early (KEY-3). */
export function matchAppKey(application: KnownApplication, given: string | null, now: number): AppKey | null {
  const text = given?.trim() ?? ''
  if (text === '' || text.length > 256 || application.keys.length === 0) return null
  const wanted = Buffer.from(appKeyHash(application.productId, application.id, text))
  let match: AppKey | null = null
  for (const key of application.keys) {
    const stored = Buffer.from(key.hash)
    if (stored.length === wanted.length && timingSafeEqual(stored, wanted) && (key.expiresAt === null || now < key.expiresAt)) match = key
  }
  return match
}

function judgeRedirect({ redirectUris }: KnownApplication, params: Params): Rejection | null {
  const url = rawTextOf(params, 'redirect_url')
  const name = url !== null ? 'redirect_url' : 'redirect_uri'
  const given = url ?? rawTextOf(params, 'redirect_uri') ?? ''
  return given === '' || redirectUris.includes(given) ? null : no(`${name}_invalid`, `${name} "${given}" is invalid`)
}

function judgeReferrer({ product }: Service, { referrerFilters }: KnownApplication, params: Params): Rejection | null {
  if (!product.config.referrerFiltersRequired || referrerFilters.length === 0) return null
  const referrer = rawTextOf(params, 'referrer') ?? ''
  if (referrer === '*') return null
  if (referrer.trim() === '') return no('referrer_not_allowed', 'referrer is missing')
  return isReferrerAllowed(referrerFilters, referrer) ? null : no('referrer_not_allowed', `referrer "${referrer}" is not allowed`)
}

/** The tenant's own test application has no account. */
const isActive = ({ state, kind, accountState }: KnownApplication) => state === 'live' && (kind === 'test' || accountState === 'approved')

const no = (code: RejectionCode, reason: string): Rejection => ({ code, reason })
