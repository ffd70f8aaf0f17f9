import { compileLinearPattern } from '@/lib/products/linear-pattern'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { headerOf } from '@/lib/gateway/call'
import { addToHeader, setHeader } from '@/lib/gateway/policies/change-headers'
import type { PolicyHooks, PolicyRun } from '@/lib/gateway/policies/policy-run'

/**
 * Web pages of other sites. A preflight carries no credentials by the Fetch standard, so it is answered before anybody
 * asks for them; every other answer, refusals too, gets the headers a page needs to read it.
 */
export function cors({ allow_origin, allow_methods, allow_headers, expose_headers, allow_credentials, max_age }: PolicyConfiguration<'cors'>): PolicyHooks {
  const everyOrigin = !allow_origin || allow_origin === '*'
  const pattern = everyOrigin ? null : compileLinearPattern(`^(?:${allow_origin})$`)
  // Cookies for every page of the web would hand a signed-in visitor to any of them.
  const withCredentials = allow_credentials === true && !everyOrigin
  const allowedOf = ({ call }: PolicyRun): string | null => {
    const origin = headerOf(call, 'origin')
    if (origin === undefined || origin.length > 500) return null
    if (everyOrigin) return '*'
    return origin === allow_origin || pattern!.test(origin) ? origin : null
  }

  return {
    early(run) {
      const { call } = run
      const wanted = headerOf(call, 'access-control-request-method')
      if (call.method !== 'OPTIONS' || wanted === undefined || call.headers.origin === undefined) return null
      const headers = ['Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers']
      const origin = allowedOf(run)
      if (origin) {
        headers.push('Access-Control-Allow-Methods', allow_methods?.join(', ') || wanted)
        const names = allow_headers?.join(', ') || headerOf(call, 'access-control-request-headers')
        if (names) headers.push('Access-Control-Allow-Headers', names)
        if (max_age !== undefined) headers.push('Access-Control-Max-Age', String(max_age))
      }
      // `Access-Control-Allow-Origin` comes with every answer, below.
      return { code: 'preflight', answer: { status: 204, headers, body: '' } }
    },
    onResponse(run, headers) {
      if (!everyOrigin) addToHeader(headers, 'Vary', 'Origin')
      const origin = allowedOf(run)
      // Whatever the API says about it: two voices are read as none by a browser.
      setHeader(headers, 'Access-Control-Allow-Origin', origin)
      setHeader(headers, 'Access-Control-Allow-Credentials', origin && withCredentials ? 'true' : null)
      if (origin && expose_headers?.length) setHeader(headers, 'Access-Control-Expose-Headers', expose_headers.join(', '))
    },
  }
}
