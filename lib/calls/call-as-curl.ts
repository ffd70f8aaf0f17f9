import type { CallDetail } from '@/lib/calls/call-record'
import { MASK } from '@/lib/calls/redact'
import { curlOf } from '@/lib/products/caller-request'
import { publicOrigin } from '@/lib/zones/public-origin'
import { normalHost } from '@/lib/zones/zone-of-host'

/** What stands where a credential was. */
const KEY_PLACEHOLDER = 'YOUR_KEY'

// Set by curl itself, or by what stood in between.
const LEFT_OUT = /^(host|connection|content-length|transfer-encoding|accept-encoding|keep-alive|te|upgrade.*|sec-.*|x-forwarded-.*|forwarded|via|cookie|x-3scale-.*|x-gatehouse-.*|user-agent)$/i

/** A kept call as a line for a shell, keys to be filled in, at the address callers reach us by. The body was not kept. */
export function callAsCurl(call: { method: string; target: string; detail: Pick<CallDetail, 'head' | 'host'> }): string {
  const { head, host } = call.detail
  const headers = head.filter(([name]) => !LEFT_OUT.test(name)).map(([name, value]): [string, string] => [name, unmasked(value)])
  return curlOf(call.method, `${publicOrigin(normalHost(host) ?? host)}${unmasked(call.target)}`, headers)
}

/** Masks are for people; a shell and HTTP want plain characters. */
export function unmasked(text: string, placeholder = KEY_PLACEHOLDER): string {
  return text.replaceAll(MASK, placeholder).replace(/[a-z]{2}_[0-9A-Za-z]{4}…[0-9A-Za-z]{4}/g, placeholder)
}
