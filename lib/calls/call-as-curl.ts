import type { CallDetail } from '@/lib/calls/call-record'
import { MASK } from '@/lib/calls/redact'
import { curlOf } from '@/lib/products/caller-request'

/** What stands where a credential was. */
export const KEY_PLACEHOLDER = 'YOUR_KEY'

// Set by curl itself, or by what stood in between.
const LEFT_OUT = /^(host|connection|content-length|transfer-encoding|accept-encoding|keep-alive|te|upgrade.*|sec-.*|x-forwarded-.*|forwarded|via|cookie|x-3scale-.*|x-gatehouse-.*|user-agent)$/i

/** A kept call as a line for a shell, keys to be filled in. The body was not kept. `origin`: as callers reach it, with a port where that is unusual. */
export function callAsCurl(call: { method: string; target: string; detail: Pick<CallDetail, 'head' | 'scheme' | 'host'> }, origin = `${call.detail.scheme}://${call.detail.host}`): string {
  const { head } = call.detail
  const headers = head.filter(([name]) => !LEFT_OUT.test(name)).map(([name, value]): [string, string] => [name, unmasked(value)])
  return curlOf(call.method, `${origin}${unmasked(call.target)}`, headers)
}

/** Masks are for people; a shell and HTTP want plain characters. */
export function unmasked(text: string, placeholder = KEY_PLACEHOLDER): string {
  return text.replaceAll(MASK, placeholder).replace(/[a-z]{2}_[0-9A-Za-z]{4}…[0-9A-Za-z]{4}/g, placeholder)
}
