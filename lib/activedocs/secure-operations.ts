import { isNode, nodeOf, operationsOf, resolveNode, type Node } from '@/lib/activedocs/document-node'
import type { GatewayConfig } from '@/lib/products/gateway-config'

/** One security scheme of the served document that carries a credential of the gateway. */
export type CredentialScheme = { id: string; carries: 'user_key' | 'app_id' | 'app_key' | 'basic' }

type Scheme = CredentialScheme & { in: 'query' | 'header'; name: string }

/**
 * Tells in the document how callers prove themselves at the gateway, whatever it said of the API behind: each operation
 * asks for the gateway's credentials besides its own. Operations that list the credentials as parameters are left as
 * they are. Gives the schemes to fill in.
 */
export function secureOperations(document: Node, authentication: GatewayConfig['authentication']): CredentialScheme[] {
  const schemes = schemesIn(document)
  const wanted = wantedSchemes(authentication).map((scheme) => ({ ...scheme, id: idFor(scheme, schemes) }))
  for (const scheme of wanted) schemes[scheme.id] ??= definition(scheme, document.swagger === '2.0')
  const ours = Object.fromEntries(wanted.map(({ id }) => [id, []]))
  const withOurs = (security: unknown) => {
    const others = (Array.isArray(security) ? security : []).filter(isNode).map((each) => Object.fromEntries(Object.entries(each).filter(([id]) => id in schemes && !(id in ours))))
    return others.length === 0 ? [ours] : others.map((each) => ({ ...ours, ...each }))
  }
  const general = document.security
  document.security = withOurs(general)
  for (const item of Object.values(nodeOf(document.paths)).map((item) => resolveNode(document, item)).filter(isNode))
    for (const operation of operationsOf(item)) {
      const names = parameterNames(document, [item.parameters, operation.parameters])
      if (wanted.every(({ in: place, name }) => names.has(keyOf(place, name)))) operation.security = operation.security ?? (Array.isArray(general) ? general : [])
      else if ('security' in operation) operation.security = withOurs(operation.security)
    }
  return wanted.map(({ id, carries }) => ({ id, carries }))
}

function schemesIn(document: Node): Node {
  if (document.swagger === '2.0') return (document.securityDefinitions = nodeOf(document.securityDefinitions)) as Node
  const components = (document.components = nodeOf(document.components)) as Node
  return (components.securitySchemes = nodeOf(components.securitySchemes)) as Node
}

function wantedSchemes({ mode, location, userKeyName, appIdName, appKeyName }: GatewayConfig['authentication']): Omit<Scheme, 'id'>[] {
  if (location === 'basic') return [{ carries: 'basic', in: 'header', name: 'authorization' }]
  const place = location === 'headers' ? 'header' : 'query'
  if (mode === 'user_key') return [{ carries: 'user_key', in: place, name: userKeyName }]
  return [
    { carries: 'app_id', in: place, name: appIdName },
    { carries: 'app_key', in: place, name: appKeyName },
  ]
}

/** The document's own scheme where it means the same, else one named like the credential. */
function idFor(wanted: Omit<Scheme, 'id'>, schemes: Node): string {
  for (const [id, given] of Object.entries(schemes)) {
    const { type, in: place, name, scheme } = nodeOf(given)
    if (wanted.carries === 'basic' ? type === 'basic' || (type === 'http' && String(scheme).toLowerCase() === 'basic') : type === 'apiKey' && keyOf(place, name) === keyOf(wanted.in, wanted.name)) return id
  }
  const id = wanted.carries === 'basic' ? 'basic' : wanted.name
  return Object.hasOwn(schemes, id) ? `${id}_gateway` : id
}

function definition({ carries, in: place, name }: Scheme, swagger2: boolean): Node {
  const description = { user_key: 'The key of your application.', app_id: 'The id of your application.', app_key: 'A key of your application.', basic: 'The credentials of your application.' }[carries]
  if (carries === 'basic') return swagger2 ? { type: 'basic', description } : { type: 'http', scheme: 'basic', description }
  return { type: 'apiKey', in: place, name, description }
}

function parameterNames(document: Node, lists: unknown[]): Set<string> {
  const parameters = lists.flatMap((list) => (Array.isArray(list) ? list : [])).map((each) => resolveNode(document, each))
  return new Set(parameters.filter(isNode).map((parameter) => keyOf(parameter.in, parameter.name)))
}

const keyOf = (place: unknown, name: unknown) => `${place} ${place === 'header' ? String(name).toLowerCase() : String(name)}`
