import { LRUCache } from 'lru-cache'
import { asksForAutofill, autofillDocument } from '@/lib/activedocs/autofill-document'
import { nodeOf, type Node } from '@/lib/activedocs/document-node'
import { pickExampleTarget } from '@/lib/activedocs/example-call'
import type { GatewayFacts } from '@/lib/activedocs/gateway-facts'
import { fillSummaries, listSpecOperations, type OperationGroup } from '@/lib/activedocs/list-spec-operations'
import type { AutofillLists } from '@/lib/activedocs/own-keys'
import { readSpecJson, type SpecItem } from '@/lib/activedocs/queries'
import { replaceServers } from '@/lib/activedocs/replace-servers'
import { scrubDocument } from '@/lib/activedocs/scrub-document'
import { secureOperations, type CredentialScheme } from '@/lib/activedocs/secure-operations'
import { perProcess } from '@/lib/per-process'
import type { Ctx } from '@/lib/tenants/context'

/** A document as partners get it. Nobody's keys are in it: `withOwnKeys` puts them into a copy. */
export type ServedDocument = {
  /** JSON text: servers are the gateway, security is the gateway's. */
  json: string
  /** Where calls may go, in order; empty before the first promotion. */
  servers: string[]
  schemes: CredentialScheme[]
  groups: OperationGroup[]
  description: string
  /** Path and query below the first server of a call worth showing. */
  exampleTarget: string | null
  asksForAutofill: boolean
}

const CACHED_BYTES_MAX = 64 * 1024 * 1024

/** Made once per version of document and gateway: a large document takes a while to read. Before the first promotion (`gateway` null) it keeps its own servers. */
export async function readServedDocument(ctx: Ctx, spec: SpecItem, gateway: GatewayFacts | null): Promise<ServedDocument> {
  const cache = perProcess('servedDocuments', () => new LRUCache<string, ServedDocument>({ maxSize: CACHED_BYTES_MAX, sizeCalculation: ({ json }) => json.length * 2 + 1 }))
  const key = `${ctx.tenant.id}|${spec.id}|${spec.updatedAt.getTime()}|${gateway ? `${gateway.baseUrl}|${gateway.liveVersion}` : ''}`
  const cached = cache.get(key)
  if (cached) return cached
  const made = serveDocument(await readSpecJson(ctx, spec.id), gateway)
  cache.set(key, made)
  return made
}

/** The same without the store. */
export function serveDocument(json: string, gateway: Pick<GatewayFacts, 'baseUrl' | 'authentication'> | null): ServedDocument {
  const document = JSON.parse(json) as Node
  scrubDocument(document)
  fillSummaries(document)
  const servers = gateway ? replaceServers(document, gateway.baseUrl) : []
  const schemes = gateway ? secureOperations(document, gateway.authentication) : []
  const { description } = nodeOf(document.info)
  return {
    json: JSON.stringify(document),
    servers,
    schemes,
    groups: listSpecOperations(document),
    description: typeof description === 'string' ? description : '',
    exampleTarget: pickExampleTarget(document),
    asksForAutofill: asksForAutofill(json),
  }
}

/** The document's JSON with the owner's keys as examples where it asks for them. */
export function withOwnKeys({ json, asksForAutofill: asks }: ServedDocument, lists: AutofillLists): string {
  if (!asks || Object.values(lists).every((list) => list.length === 0)) return json
  const document = JSON.parse(json) as Node
  autofillDocument(document, lists)
  return JSON.stringify(document)
}
