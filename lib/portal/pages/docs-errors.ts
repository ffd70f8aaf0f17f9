import { explainedCodes, problemWords } from '@/lib/gateway/problem-words'
import { refusals } from '@/lib/gateway/refusals'
import type { PortalAnswer, PortalRoute } from '@/lib/portal/portal-route'

/** Where the `type` of a problem detail leads: `/docs/errors#limits_exceeded` (RFC 9457). The address and the anchors stay. */
export const docsErrorsRoutes: PortalRoute[] = [{ method: 'GET', path: '/docs/errors', who: 'anyone', handle: showErrors }]

const groups: [step: string, title: string][] = [
  ['credentials', 'Credentials'],
  ['rule', 'The call itself'],
  ['key', 'Key and application'],
  ['limit', 'Limits'],
  ['upstream', 'Behind the gateway'],
  ['host', 'This API as a whole'],
]

async function showErrors(): Promise<PortalAnswer> {
  const codes = explainedCodes().map((code) => ({ code, step: refusals[code].step as string, ...problemWords(code) }))
  return {
    kind: 'page',
    page: 'docs_errors',
    title: 'Refusals',
    assigns: { groups: groups.map(([step, title]) => ({ title, errors: codes.filter((each) => each.step === step).map(({ code, title: name, detail, remedy }) => ({ code, title: name, detail, remedy })) })) },
  }
}
