import { isNode, nodeOf, resolveNode, type Node } from '@/lib/activedocs/document-node'
import type { GatewayFacts } from '@/lib/activedocs/gateway-facts'
import type { OwnApplication } from '@/lib/activedocs/own-keys'
import { curlOf, withCredentials, type Caller } from '@/lib/products/caller-request'

// Beyond these nobody would copy it from a page.
const PATH_MAX = 500
const ASKS_MAX = 20

/** Path and query, below the server, of a call that reads something and asks for as little as possible; null where there is none. */
export function pickExampleTarget(document: Node): string | null {
  let best: { target: string; asks: number } | null = null
  for (const [path, given] of Object.entries(nodeOf(document.paths))) {
    const item = resolveNode(document, given)
    const operation = item && resolveNode(document, item.get)
    if (!operation || operation.deprecated === true || path.length > PATH_MAX || !/^\/[\x21-\x7e]*$/.test(path)) continue
    const required = parametersOf(document, item, operation).filter(({ in: place, required }) => place === 'path' || (place === 'query' && required === true))
    if (required.length > ASKS_MAX || (best && best.asks <= required.length)) continue
    let target = path.replace(/[?#].*$/, '')
    const query: string[] = []
    for (const parameter of required) {
      const value = encodeURIComponent(sampleOf(document, parameter))
      if (parameter.in === 'path') target = target.replaceAll(`{${String(parameter.name)}}`, value)
      else query.push(`${encodeURIComponent(String(parameter.name))}=${value}`)
    }
    best = { target: `${target.replace(/\{[^{}]*\}/g, '1')}${query.length > 0 ? `?${query.join('&')}` : ''}`, asks: required.length }
    if (best.asks === 0) break
  }
  return best?.target ?? null
}

function parametersOf(document: Node, item: Node, operation: Node): Node[] {
  const all = [item.parameters, operation.parameters].flatMap((list) => (Array.isArray(list) ? list : [])).map((each) => resolveNode(document, each)).filter(isNode)
  // The operation's own word on a parameter comes last and counts.
  return [...new Map(all.map((parameter) => [`${String(parameter.in)} ${String(parameter.name)}`, parameter])).values()]
}

function sampleOf(document: Node, parameter: Node): string {
  const schema = resolveNode(document, parameter.schema) ?? {}
  const given = [parameter.example, parameter['x-example'], schema.example, schema.default, parameter.default, Array.isArray(schema.enum) ? schema.enum[0] : undefined, Array.isArray(parameter.enum) ? parameter.enum[0] : undefined]
  const value = given.find((each) => ['string', 'number', 'boolean'].includes(typeof each))
  return String(value ?? '1').slice(0, 100)
}

const placeholder: Caller = { name: '', appId: 'YOUR_APP_ID', userKey: 'YOUR_KEY', appKey: 'YOUR_APP_KEY' }

/** A curl that works as it stands with the owner's keys, for the owner only (KEY-5); without an application the keys are placeholders. `target`: path and query. */
export function curlCall({ baseUrl, authentication }: Pick<GatewayFacts, 'baseUrl' | 'authentication'>, target: string, own: OwnApplication | null): string {
  // Basic is written out in base64: of placeholders nobody could see what belongs there.
  if (!own && authentication.location === 'basic') return `curl -i '${baseUrl}${target}' \\\n  -u '${authentication.mode === 'user_key' ? `${placeholder.userKey}:` : `${placeholder.appId}:${placeholder.appKey}`}'`
  const call = withCredentials({ authentication }, own ?? placeholder, target)
  return curlOf('GET', `${baseUrl}${call.target}`, call.headers)
}

/** Whether the application has what its product asks for in the clear. */
export function hasKeys(own: OwnApplication, mode: GatewayFacts['authentication']['mode']): boolean {
  return (mode === 'user_key' ? own.userKey : own.appKey) !== null
}
