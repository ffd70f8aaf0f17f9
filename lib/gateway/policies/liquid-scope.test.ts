import { describe, expect, it } from 'vitest'
import { compileTemplate } from '@/lib/products/policy-template'
import { liquidScope } from '@/lib/gateway/policies/liquid-scope'
import type { PolicyRun } from '@/lib/gateway/policies/policy-run'

const call = {
  method: 'POST',
  target: '/v1/things?a=b',
  host: 'api.example.com',
  hostHeader: 'api.example.com:8443',
  scheme: 'https',
  clientAddress: '203.0.113.5',
  requestId: 'r1',
  headers: { 'user-agent': 'test/1', 'x-plan': 'gold', 'content-type': 'text/plain' },
  rawHeaders: ['User-Agent', 'test/1', 'x-plan', 'gold', 'Content-Type', 'text/plain'],
  at: Date.UTC(2026, 10, 23, 12, 0, 0, 500),
}
const run = { call, product: { productId: 7, config: { systemName: 'stock', productName: 'Stock', authentication: { mode: 'user_key' } } }, path: '/v2/things', query: 'a=b&c=d', identity: { application: { id: 9 } }, token: '', status: 0, upstreamHeaders: null } as unknown as PolicyRun
const scope = liquidScope(run)

describe('variables of Liquid texts', () => {
  it.each([
    ['{{ method }} {{ http_method }} {{ request_method }} {{ req.method }}', 'POST POST POST POST'],
    ['{{ path }} {{ uri }} {{ document_uri }} {{ req.path }}', '/v2/things /v2/things /v2/things /v2/things'],
    ['{{ query }}|{{ args }}|{{ query_string }}|{{ is_args }}', 'a=b&c=d|a=b&c=d|a=b&c=d|?'],
    ['{{ request_uri }}|{{ request }}', '/v1/things?a=b|POST /v1/things?a=b HTTP/1.1'],
    ['{{ original_request.path }}|{{ original_request.query }}|{{ original_request.method }}', '/v1/things|a=b|POST'],
    ['{{ host }} {{ server_name }} {{ http_host }} {{ server_port }} {{ scheme }}', 'api.example.com api.example.com api.example.com:8443 8443 https'],
    ["{{ headers['X-Plan'] }} {{ headers['x-plan'] }} {{ req.headers['X-Plan'] }} {{ http_user_agent }} {{ content_type }}", 'gold gold gold test/1 text/plain'],
    ['{{ remote_addr }} {{ request_id }} {{ time }} {{ msec }} {{ time_iso8601 }}', `203.0.113.5 r1 ${Math.floor(call.at / 1000)} ${call.at / 1000} 2026-11-23T12:00:00.500Z`],
    ['{{ service.id }} {{ service.system_name }} {{ service.serializable.name }} {{ application.id }}', '7 stock Stock 9'],
    ['[{{ jwt.sub }}{{ http_referer }}{{ resp.headers.server }}]', '[]'],
  ])('%s', (source, expected) => {
    expect(compileTemplate(source)(scope)).toBe(expected)
  })
})
