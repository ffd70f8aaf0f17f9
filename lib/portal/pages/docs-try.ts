import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { z } from 'zod'
import { findGatewayFacts } from '@/lib/activedocs/gateway-facts'
import { findPublishedSpec } from '@/lib/activedocs/queries'
import { readServedDocument } from '@/lib/activedocs/served-document'
import { AppError, invalid, isAppError, notFound } from '@/lib/errors'
import { callGateway, type GatewayAnswer } from '@/lib/gateway/call-gateway'
import { logger } from '@/lib/logger'
import type { PortalAnswer, PortalRequest, Visit } from '@/lib/portal/portal-route'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

/** DOC-3. */
const tryLimits = { requestBytesMax: 2 * 1024 * 1024, replyBytesMax: 5 * 1024 * 1024, totalMs: 30_000 } as const

/** A call that somebody wants to try: a server of the document by its number and a path below it, never an address (DOC-1). */
const tryInput = z.object({
  server_index: z.number().int().min(0).max(10_000),
  method: z.string().max(10).toUpperCase(),
  path: z.string().max(16_000).regex(/^([/?][^\s#]*)?$/, 'Write a path that begins with a slash.'),
  headers: z.array(z.tuple([z.string().max(200), z.string().max(16_000)])).max(100).default([]),
  /** Base64. */
  body: z.string().max(Math.ceil(tryLimits.requestBytesMax / 3) * 4 + 4, 'The body is larger than 2 MB.').nullish(),
})

/** What a tried call came to. `body` is text where it is UTF-8, else base64. */
export type TriedCall = { status: number; headers: [name: string, value: string][]; body: string; encoding: 'text' | 'base64'; cut: boolean; duration_ms: number }

/**
 * The try-it proxy: one call through the product's production gateway, counted as the application's own (DOC-3). The
 * only place a call can go is the gateway of the document's product, whatever servers the document names. Failures are
 * JSON, too: a script reads them.
 */
export async function tryCall(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  try {
    return { kind: 'json', body: await carryOut(visit, request), headers: noStore }
  } catch (error) {
    if (!isAppError(error)) {
      logger.error({ err: error }, 'a call tried in the documentation broke')
      return problem(new AppError('internal_error'))
    }
    return problem(error)
  }
}

async function carryOut(visit: Visit, { params, json }: PortalRequest): Promise<TriedCall> {
  const { ctx, developer } = visit
  // Hidden and foreign documents look alike to everybody, signed in or not.
  const spec = await findPublishedSpec(ctx, params.system_name ?? '')
  if (!spec) throw notFound()
  if (!developer) throw new AppError('unauthenticated', { publicMessage: 'Sign in to try calls.' })
  const parsed = tryInput.safeParse(json)
  if (!parsed.success) throw invalid({ request: [parsed.error.issues[0]?.message ?? 'This is no call.'] }, parsed.error.issues[0]?.message)
  const { server_index: index, method, path, headers, body } = parsed.data
  assertAllowed(await throttle().take('docs_try', `${ctx.tenant.id}|${developer.id}`))
  const bytes = body ? Buffer.from(body, 'base64') : undefined
  if (bytes && bytes.length > tryLimits.requestBytesMax) throw new AppError('payload_too_large', { publicMessage: 'The body is larger than 2 MB.' })

  const gateway = await findGatewayFacts(ctx, BigInt(spec.productId))
  if (!gateway) throw new AppError('unavailable', { publicMessage: 'This API is not open for calls yet.' })
  const server = (await readServedDocument(ctx, spec, gateway)).servers[index]
  if (server === undefined) throw invalid({ server_index: ['The document has no such server. Reload the page.'] }, 'The document has no such server. Reload the page.')
  const target = `${server.slice(gateway.baseUrl.length)}${path}` || '/'
  const answer = await callGateway(gateway, 'production', { method, target: target.startsWith('/') ? target : `/${target}`, headers: sendable(headers), body: bytes }, { bodyBytesMax: tryLimits.replyBytesMax, totalMs: tryLimits.totalMs })
  return { status: answer.status, headers: showable(answer.headers), ...readable(unpacked(answer)), cut: answer.bodyCut, duration_ms: Math.round(answer.durationMs) }
}

/** DOC-2: nothing of this browser's visit to the portal, nothing that speaks in the name of a proxy of ours, no framing. */
const NEVER_SENT = /^(cookie|cookie2|host|origin|referer|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|via|forwarded|x-forwarded-.*|x-real-ip|x-csrf-token|x-gatehouse-trace|x-3scale-.*|sec-.*|proxy-.*|accept-encoding|date)$/i

function sendable(headers: [string, string][]): [string, string][] {
  return headers.filter(([name]) => !NEVER_SENT.test(name))
}

/** DOC-2: nothing that would act on the portal's origin if a browser took it for an answer of ours. */
const NEVER_SHOWN = /^(set-cookie2?|service-worker-allowed|clear-site-data|strict-transport-security|public-key-pins|content-security-policy.*|report-to|reporting-endpoints|nel|refresh|content-encoding|transfer-encoding|connection|keep-alive)$/i

// What a viewer may offer to save under its own type; anything else with a name of a file is plain bytes.
const SAVED_AS_IT_IS = /^(application\/(json|pdf|zip|gzip|octet-stream|[a-z0-9.+-]*\+json)|text\/(plain|csv)|image\/(png|jpeg|gif|webp))\b/i

function showable(headers: [string, string][]): [string, string][] {
  const kept = headers.filter(([name]) => !NEVER_SHOWN.test(name))
  const type = kept.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  // A saved page is a page of this origin once it is opened from memory: markup is shown as text, never offered as a file.
  return SAVED_AS_IT_IS.test(type) ? kept : kept.filter(([name]) => !/^content-(disposition|description)$/i.test(name))
}

/** Some APIs pack what nobody asked them to; counted after unpacking (EG-7). What cannot be unpacked is shown as it came. */
function unpacked({ headers, body }: GatewayAnswer): Buffer {
  const encoding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1].trim().toLowerCase()
  const unpack = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[encoding ?? '']
  if (!unpack) return body
  try {
    return unpack(body, { maxOutputLength: tryLimits.replyBytesMax })
  } catch {
    // Cut off, too long, or not what it says.
    return body
  }
}

function readable(body: Buffer): Pick<TriedCall, 'body' | 'encoding'> {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), encoding: 'text' }
  } catch {
    // Not text: pictures and the like travel as base64.
    return { body: body.toString('base64'), encoding: 'base64' }
  }
}

const noStore = { 'cache-control': 'private, no-store' }

function problem(error: AppError): PortalAnswer {
  const retry: Record<string, string> = error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }
  return { kind: 'json', status: error.status, body: { error: { code: error.code, message: error.publicMessage, ...(error.fields && { fields: error.fields }) } }, headers: { ...noStore, ...retry } }
}
