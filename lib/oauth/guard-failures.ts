import { LRUCache } from 'lru-cache'
import { perProcess } from '@/lib/per-process'
import type { WindowBucket } from '@/lib/throttle/buckets'
import { networkOf } from '@/lib/throttle/network-of'
import { throttle } from '@/lib/throttle/throttle'
import { errorAnswer } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthSite } from '@/lib/oauth/oauth-exchange'

/**
 * Wrong secrets are counted by address and by client (PW-2). Right ones are not, so a busy client is never slowed
 * down. Once an address' window is full, even its right ones are turned away until it opens; once a client's is, those of
 * addresses that have guessed along: nobody shuts a client out by guessing elsewhere.
 */
export type FailureGuard = {
  /** 429 where too many went wrong lately, else null. */
  refuse(): OauthAnswer | null
  note(): Promise<void>
}

/** The guard of one request; without `clientId` failures count for the address alone. */
export function guardFailures({ tenantId, productId, clientAddress, now }: OauthSite, clientId?: string): FailureGuard {
  const network = networkOf(clientAddress)
  const ofAddress = `${tenantId}|${network}`
  const ofClient = clientId ? `${tenantId}|${productId}|${clientId.slice(0, 256)}` : null
  const { closedUntil, guessers } = memory()
  const untilOf = (bucket: WindowBucket, key: string) => closedUntil.get(`${bucket}|${key}`) ?? 0
  const count = async (bucket: WindowBucket, key: string) => {
    const answer = await throttle().take(bucket, key)
    if (!answer.allowed) closedUntil.set(`${bucket}|${key}`, now.getTime() + answer.retryAfterSeconds * 1000)
  }
  return {
    refuse() {
      const guessed = ofClient !== null && guessers.has(`${ofClient}|${network}`)
      const until = Math.max(untilOf('oauth_failures', ofAddress), guessed ? untilOf('oauth_client_failures', ofClient) : 0)
      return until > now.getTime() ? tooMany(Math.ceil((until - now.getTime()) / 1000)) : null
    },
    async note() {
      await count('oauth_failures', ofAddress)
      if (ofClient === null) return
      guessers.set(`${ofClient}|${network}`, true)
      await count('oauth_client_failures', ofClient)
    },
  }
}

const memory = () => perProcess('oauthFailures', () => ({ closedUntil: new LRUCache<string, number>({ max: 10_000 }), guessers: new LRUCache<string, true>({ max: 20_000 }) }))

function tooMany(seconds: number): OauthAnswer {
  return errorAnswer(429, 'temporarily_unavailable', 'Too many wrong secrets. Please wait a little.', ['Retry-After', String(seconds)])
}
