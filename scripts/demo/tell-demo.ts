import type { Demo, DemoApplication } from '@/scripts/demo/demo-file'

/** What the person at the terminal reads: what to open, and one call that works as it stands. */
export function tellDemo(demo: Demo, file: string, hooksUrl: string): string {
  const { admin, portal, gateway } = demo
  // The roomiest plan: pasted twice, it must still answer.
  const application = demo.applications.findLast(({ plan }) => plan === 'Partner') ?? demo.applications.at(-1)
  return [
    '',
    'Gatehouse is open.',
    '',
    `  Dashboard   ${admin.url}`,
    `              ${admin.email}   ${admin.password}`,
    `  Portal      ${portal.url}`,
    ...(portal.email ? [`              ${portal.email}   ${portal.password}`] : []),
    `  Site        ${demo.site_url}`,
    ...(demo.mailbox_url ? [`  Mailbox     ${demo.mailbox_url}`] : []),
    `  Webhooks    ${hooksUrl}   what a receiver of yours would get`,
    '',
    ...(application ? [`Call the API through the gateway, as ${application.name} on the plan ${application.plan}:`, '', `  ${curlOf(gateway, application)}`, ''] : []),
    `All of it, keys included, stands in ${file}. Ctrl-C ends it, the data stay.`,
    '',
  ].join('\n')
}

/** In one line, to paste. */
export function curlOf({ production, credentials }: Demo['gateway'], application: DemoApplication): string {
  const { location, names } = credentials
  const given: [string, string][] = 'user_key' in application ? [[names.user_key!, application.user_key]] : [[names.app_id!, application.app_id], [names.app_key!, application.app_keys[0] ?? '']]
  const url = `${production}/1.1/statuses/mentions_timeline.json`
  if (location === 'headers') return `curl ${given.map(([name, value]) => `-H '${name}: ${value}'`).join(' ')} '${url}'`
  if (location === 'basic') return `curl -u '${given.map(([, value]) => value).join(':')}${given.length === 1 ? ':' : ''}' '${url}'`
  return `curl '${url}?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}'`
}
