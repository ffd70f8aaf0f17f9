import { AccountingError } from '@/lib/accounting/accounting-error'
import { parseParams } from '@/lib/accounting/parse-params'
import type { Params } from '@/lib/accounting/parse-params'

/** What the header `3scale-options` switches on (reference gateway 4.7). */
export type Options = {
  noBody: boolean
  rejectionReason: boolean
  limitHeaders: boolean
  hierarchy: boolean
  flatUsage: boolean
  listAppKeys: boolean
  /** Ours: of a batch, what is in order counts although something else is not. */
  partial: boolean
  /** Ours, for gateways of ours: an application without a live key has none that is good, instead of needing none. */
  strictKeys: boolean
  /** Ours: the headers our own gateway tells callers of limits with, for a gateway to pass on. */
  rateLimitHeaders: boolean
  /** Ours: on the counters and with the tokens of staging. */
  staging: boolean
}

/** `header` is an urlencoded list; `params` those of the request, of which `no_body` means the same. What cannot be read switches nothing on. */
export function readOptions(header: string | undefined, params: Params | null): Options {
  const given = header === undefined ? null : readHeader(header)
  const isOn = (name: string) => given?.get(name) === '1'
  return {
    noBody: isSaid(given, 'no_body') || isSaid(params, 'no_body'),
    rejectionReason: isOn('rejection_reason_header'),
    limitHeaders: isOn('limit_headers'),
    hierarchy: isOn('hierarchy'),
    flatUsage: isOn('flat_usage'),
    listAppKeys: isOn('list_app_keys'),
    partial: isOn('partial'),
    strictKeys: isOn('strict_keys'),
    rateLimitHeaders: isOn('ratelimit_headers'),
    staging: isOn('staging'),
  }
}

const isSaid = (params: Params | null, name: string) => params !== null && params.has(name) && params.get(name) !== '0' && params.get(name) !== 'false'

function readHeader(header: string): Params | null {
  try {
    return parseParams(header).params
  } catch (error) {
    // An option nobody can read is no reason to refuse the call.
    if (error instanceof AccountingError) return null
    throw error
  }
}
