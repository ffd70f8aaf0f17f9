import { LRUCache } from 'lru-cache'
import { perProcess } from '@/lib/per-process'
import { throttle } from '@/lib/throttle/throttle'
import type { WindowBucket } from '@/lib/throttle/buckets'
import { errorAnswer } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthSite } from '@/lib/oauth/oauth-exchange'

/**
 * Wrong secrets are counted by address and by client (PW-2). Right ones are not, so a busy client is never slowed
 * down; once a window is full, even right ones are turned away until it opens.
 */
export type FailureGuard = {
  /** 429 where too many went wrong lately, else null. */
  refuse(): OauthAnswer | null
  note(): Promise<void>
}

export function guardFailures({ tenantId, productId, clientAddress, now }: OauthSite, clientId?: string): FailureGuard {
  const keys: [WindowBucket, string][] = [['oauth_failures', `${tenantId}|${clientAddress}`]]
  if (clientId) keys.push(['oauth_client_failures', `${tenantId}|${productId}|${clientId.slice(0, 256)}`])
  const closed = closedUntil()
  return {
    refuse() {
      const until = Math.max(...keys.map(([bucket, key]) => closed.get(`${bucket}|${key}`) ?? 0))
      return until > now.getTime() ? tooMany(Math.ceil((until - now.getTime()) / 1000)) : null
    },
    async note() {
      for (const [bucket, key] of keys) {
        const answer = await throttle().take(bucket, key)
        if (!answer.allowed) closed.set(`${bucket}|${key}`, now.getTime() + answer.retryAfterSeconds * 1000)
      }
    },
  }
}

const closedUntil = () => perProcess('oauthFailures', () => new LRUCache<string, number>({ max: 10_000 }))

function tooMany(seconds: number): OauthAnswer {
  return errorAnswer(429, 'temporarily_unavailable', 'Too many wrong secrets. Please wait a little.', ['Retry-After', String(seconds)])
}
