import { describe, expect, it } from 'vitest'
import type { LiveConfig } from '@/lib/portal/drops/live-config'
import { sampleCurl } from '@/lib/portal/drops/sample-call'

const rule = (id: number, verb: string, pattern: string, metricId: number) => ({ id, verb, pattern, metricId, delta: 1, last: false }) as LiveConfig['mappingRules'][number]
const config = (over: Partial<LiveConfig['authentication']> = {}, mappingRules = [rule(1, 'POST', '/posts', 1), rule(2, 'GET', '/posts/{id}$', 2), rule(3, 'GET', '/posts.json$', 3)]): LiveConfig => ({
  authentication: { mode: 'user_key', location: 'query', userKeyName: 'user_key', appIdName: 'app_id', appKeyName: 'app_key', ...over },
  mappingRules,
  methods: [{ id: 1, verb: 'POST' }, { id: 2, verb: 'GET' }, { id: 3, verb: 'GET' }],
})
const caller = { name: 'App', appId: 'ab12', userKey: 'uk/1', appKey: 'ak_1' }
const plan = { newMethods: 'enabled', words: new Map<number, boolean>(), closed: new Set<number>() }
const curl = (live: LiveConfig, on = plan, by = caller) => sampleCurl(live, on, by, 'https://api.example.com')

describe('a call to paste', () => {
  it('reads, has no variable, and carries the key where the product wants it', () => {
    expect(curl(config())).toBe(`curl -i 'https://api.example.com/posts.json?user_key=uk%2F1'`)
    expect(curl(config({ mode: 'app_id_app_key', location: 'headers', appIdName: 'X-App-Id', appKeyName: 'X-App-Key' }))).toBe(`curl -i 'https://api.example.com/posts.json' \\\n  -H 'X-App-Id: ab12' \\\n  -H 'X-App-Key: ak_1'`)
    expect(curl(config({ location: 'basic' }))).toContain(`-H 'authorization: Basic ${Buffer.from('uk/1:').toString('base64')}'`)
  })

  it('is one that the plan lets through', () => {
    expect(curl(config(), { ...plan, words: new Map([[3, false]]) })).toContain('/posts/1?')
    expect(curl(config(), { ...plan, closed: new Set([3]) })).toContain('/posts/1?')
    expect(curl(config(), { ...plan, newMethods: 'disabled', words: new Map([[1, true]]) })).toContain(`curl -i -X POST 'https://api.example.com/posts?`)
    expect(curl(config(), { ...plan, newMethods: 'disabled' })).toBe('')
  })

  it('is none without a rule, a key or an address, rather than one that fails', () => {
    expect(curl(config({}, []))).toBe('')
    expect(curl(config(), plan, { ...caller, userKey: null as never })).toBe('')
    expect(sampleCurl(config(), plan, caller, '')).toBe('')
  })
})
