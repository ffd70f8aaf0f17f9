import { invalid } from '@/lib/errors'
import type { GatewayConfig } from '@/lib/products/gateway-config'

/** Who calls, keys in the clear. Without an access token a call that needs one shows where it belongs. */
export type Caller = { name: string; appId: string; userKey: string | null; appKey: string | null; accessToken?: string }

/** Path, query and headers of a call with the caller's credentials where the product wants them. Throws `invalid` without a live key. */
export function withCredentials({ authentication }: Pick<GatewayConfig, 'authentication'>, caller: Caller, target: string): { target: string; headers: [string, string][] } {
  const { mode, location, userKeyName, appIdName, appKeyName } = authentication
  if (mode !== 'user_key' && mode !== 'app_id_app_key') return { target, headers: [['Authorization', `Bearer ${caller.accessToken ?? '<access token>'}`]] }
  const named: [string, string | null][] = mode === 'user_key' ? [[userKeyName, caller.userKey]] : [[appIdName, caller.appId], [appKeyName, caller.appKey]]
  if (named.some(([, value]) => value === null)) throw invalid({ applicationId: [`${caller.name} has no live key. Add one to it, or choose another application.`] })
  const credentials = named as [string, string][]
  if (location === 'headers') return { target, headers: credentials }
  if (location === 'basic') {
    const pair = mode === 'user_key' ? `${credentials[0]![1]}:` : credentials.map(([, value]) => value).join(':')
    return { target, headers: [['authorization', `Basic ${Buffer.from(pair).toString('base64')}`]] }
  }
  const query = credentials.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return { target: `${target}${target.includes('?') ? '&' : '?'}${query}`, headers: [] }
}

/** The call as a line for a shell. */
export function curlOf(verb: string, url: string, headers: [string, string][], body?: string): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  return [`curl -i${verb === 'GET' ? '' : ` -X ${verb}`} ${quote(url)}`, ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`), ...(body ? [`--data ${quote(body)}`] : [])].join(' \\\n  ')
}
