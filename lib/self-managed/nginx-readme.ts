type ReadmeInput = {
  name: string
  product: string
  publicUrl: string
  /** Null: there is no file for staging. */
  stagingUrl: string | null
  oauth: boolean
  rateLimitHeaders: boolean
  policies: string[]
}

/** What stands beside the configuration in the download. */
export function nginxReadme({ name, product, publicUrl, stagingUrl, oauth, rateLimitHeaders, policies }: ReadmeInput): string {
  return `The gateway of ${product.replace(/[\r\n]+/g, ' ')}, to run yourself
=====================================================

${name}.conf is a configuration for a stock nginx with its Lua module. It answers at
${publicUrl}
${
    stagingUrl === null
      ? ''
      : `\n${name}-staging.conf is the same for staging, as the dashboard has it now, and answers at\n${stagingUrl}\nBoth may stand in one nginx or in two. Calls there count on staging's own counters, not on production's.\n`
  }
1. Install nginx with Lua, once. Debian and Ubuntu:

     apt-get install nginx libnginx-mod-http-lua

2. Put ${name}.conf into /etc/nginx/conf.d/, readable for root only:

     install -m 600 -o root ${name}.conf /etc/nginx/conf.d/

3. Look it over and switch it on:

     nginx -t && systemctl reload nginx

4. Call it with a key of one of your applications.

What it does
------------
Each call is matched against your mapping rules here, and asked about at Gatehouse before it goes to your API: whether
its key is good, whether its plan allows the method, whether there is room in every limit. Usage is counted there and
then, so limits are exact, a revoked key is refused at once, and your dashboards show these calls like all others.

  good                     your API answers, with X-3scale-proxy-secret-token on the request
  no credentials           the answer you have worded for it (${oauth ? '401' : '403 unless you chose another'})
  bad or revoked key       the answer you have worded for it
  no mapping rule          the answer you have worded for it
  over a limit or burst    429 with Retry-After, as you have worded it
  Gatehouse out of reach   503 with Retry-After: 5. Nothing goes through uncounted.
${oauth ? '\nOAuth: /authorize, /callback, /oauth/... and /.well-known/oauth-authorization-server are passed on to Gatehouse under your\nown address, which is also the issuer. Access tokens are checked with every call; scopes hold here as they do there.\n' : ''}
What it does not do
-------------------
Policies of the chain are Gatehouse's own gateway's${policies.length > 0 ? `; yours has ${policies.join(', ')}: put what you need of them into nginx` : ''}.
Health checks of servers are nginx's passive ones, calls under way at the same time are not bounded here, and calls are
not kept for "Calls" in the dashboard. nginx looks names up when it starts: reload it when an address of your API changes.
${rateLimitHeaders ? '' : 'RateLimit headers are not sent: they are switched off for this product.\n'}
Whose address counts
--------------------
Gatehouse is told each caller's address, beside your service token: it notes where a key was last used, and slows down
whoever guesses at the OAuth endpoints. If a proxy stands before this nginx, let nginx read the real address first:

     set_real_ip_from 10.0.0.0/8;     # your proxy
     real_ip_header X-Forwarded-For;

When something changes (rules, addresses, the secret token, error answers): promote in the dashboard, download again,
reload.${stagingUrl === null ? '' : ' Staging needs no promotion, only the download.'} Plans, limits, applications and keys need no new file.

The file holds the secret token and the service token of this API. Whoever has it can ask about and report usage in your
name; if it is lost, rotate both in the dashboard.
`
}
