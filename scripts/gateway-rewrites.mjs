// Gateway hosts and the accounting API's to their route handlers, for plain `next start`. Next keeps rewrites in the
// build: build with the GATEWAY_DOMAIN that will run. Under server.ts these hosts never get here.

/** @param {string} [domain] */
export function gatewayRewrites(domain = process.env.GATEWAY_DOMAIN || 'gw.localhost') {
  const name = domain.toLowerCase().replaceAll('.', '\\.')
  return [
    { source: '/:path*', has: [{ type: 'host', value: `accounting\\.${name}` }], destination: '/zone/accounting/:path*' },
    { source: '/:path*', has: [{ type: 'host', value: `(?<gatewayHost>.+\\.${name})` }], destination: '/zone/gateway/:gatewayHost/:path*' },
  ]
}
