import { createHash } from 'node:crypto'
import type { Answer } from '@/lib/management/answers'

/** What was read carries its ETag; a client that has just this gets 304 without the body (RFC 9110 13.1.2). Gateways poll that way. */
export function withEntityTag(answer: Answer, ifNoneMatch: string | null): Answer {
  if (answer.status !== 200 || answer.body === '') return answer
  const etag = `"${createHash('sha256').update(answer.contentType).update('\n').update(answer.body).digest('base64url').slice(0, 27)}"`
  const headers = { ...answer.headers, etag }
  const known = ifNoneMatch !== null && (ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag))
  return known ? { status: 304, contentType: '', body: '', headers } : { ...answer, headers }
}
