import { AccountingError, shorten } from '@/lib/accounting/accounting-error'
import { headerText } from '@/lib/accounting/accounting-call'
import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import type { Service } from '@/lib/accounting/accounting-directory'
import type { Params } from '@/lib/accounting/parse-params'
import { rawTextOf, serviceIdOf, textOf } from '@/lib/accounting/read-values'
import { sameSecret } from '@/lib/crypto'
import { CLIENT_ADDRESS_HEADER, toldAddress } from '@/lib/gateway/relayed-address'
import { hasValidChecksum } from '@/lib/ids'
import { serviceTokenHash } from '@/lib/products/secrets-of-product'

/** A service, or why there is none for this caller: some faults are told of only after others of the same call (reference gateway 4.3). */
export type Entry = Service | AccountingError

/**
 * Who is asking about which service: by provider key, else by service token with its service id (reference gateway 4.2,
 * 4.3). Throws what is plain at once (nothing given, token and id that do not belong together); faults of a provider key
 * are given back. In a report (`strict`) a provider key that is present but empty still shuts out the service token.
 */
export async function enterService(parts: AccountingParts, call: AccountingCall, params: Params, { strict = false } = {}): Promise<Entry> {
  const providerKey = textOf(params, 'provider_key')
  const token = textOf(params, 'service_token')
  const serviceId = textOf(params, 'service_id')
  if (providerKey !== null) return byProviderKey(parts, call, providerKey, serviceId)
  if (token === null) throw new AccountingError('provider_key_or_service_token_required', 'Provider key or service token are required')
  if (serviceId === null) throw new AccountingError('service_id_missing', 'Service ID is missing')
  if (strict && rawTextOf(params, 'provider_key') !== null) throw tokenInvalid(token, serviceId)
  return byServiceToken(parts, call, token, serviceId)
}

async function byServiceToken(parts: AccountingParts, call: AccountingCall, token: string, serviceId: string): Promise<Service> {
  const service = await findService(parts, serviceId, call.at)
  call.concerns.service = service
  // An unknown service runs the same steps (KEY-3).
  const given = hasValidChecksum(token) ? serviceTokenHash(token) : ''
  if (!sameSecret(service?.serviceTokenHash ?? '-', given) || !service) {
    assertNoFlood(parts, call)
    parts.strangers.note(call.clientAddress)
    throw tokenInvalid(token, serviceId)
  }
  call.concerns.proved = true
  call.clientAddress = toldAddress(headerText(call, CLIENT_ADDRESS_HEADER)) ?? call.clientAddress
  return service
}

const tokenInvalid = (token: string, serviceId: string) =>
  new AccountingError('service_token_invalid', `service token "${token}" or service id "${serviceId}" is invalid`, { kept: `service token "${shorten(token)}" or service id "${serviceId}" is invalid` })

async function byProviderKey(parts: AccountingParts, call: AccountingCall, key: string, serviceId: string | null): Promise<Entry> {
  const known = parts.directory.provider(key, call.at)
  const provider = known instanceof Promise ? await known : known
  const service = serviceId === null ? null : await findService(parts, serviceId, call.at)
  call.concerns.service = service
  const shown = shorten(key)
  if (!provider) {
    assertNoFlood(parts, call)
    parts.strangers.note(call.clientAddress)
    if (serviceId === null) return missing(key, shown)
    return new AccountingError('provider_key_invalid', `provider key "${key}" is invalid`, { kept: `provider key "${shown}" is invalid` })
  }
  if (serviceId !== null) {
    if (!service || service.tenantId !== provider.tenantId) {
      // Somebody else's product is not told about strangers' mistakes.
      call.concerns.service = null
      return new AccountingError('service_id_invalid', `service id "${serviceId}" is invalid`)
    }
    call.concerns.proved = true
    return service
  }
  const usual = provider.defaultServiceId === null ? null : await findService(parts, String(provider.defaultServiceId), call.at)
  if (!usual) return missing(key, shown)
  call.concerns = { service: usual, proved: true }
  return usual
}

const missing = (key: string, shown: string) =>
  new AccountingError('provider_key_invalid_or_service_missing', `provider key "${key}" invalid and/or service ID missing`, { kept: `provider key "${shown}" invalid and/or service ID missing` })

async function findService({ directory }: AccountingParts, text: string, at: number): Promise<Service | null> {
  const id = serviceIdOf(text)
  if (id === null) return null
  const known = directory.service(id, at)
  return known instanceof Promise ? await known : known
}

/** PW-2: who guesses is made to wait; a right credential is never asked about. */
function assertNoFlood({ strangers }: AccountingParts, { clientAddress, at }: AccountingCall): void {
  const retryAfterSeconds = strangers.restOf(clientAddress, at)
  if (retryAfterSeconds !== null) throw new AccountingError('too_many_unknown_credentials', 'too many unknown credentials have come from this address, try again later', { retryAfterSeconds })
}
