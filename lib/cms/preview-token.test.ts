import { expect, it } from 'vitest'
import { makePreviewToken, readPreviewToken } from '@/lib/cms/preview-token'

const now = new Date('2026-11-23T12:00:00Z')
const tenant = { id: 7n, slug: 'acme', name: 'Acme', timezone: 'Etc/UTC', features: {}, trialEndsAt: null }
const actor = { kind: 'member', id: 3n, name: 'Ada', email: 'ada@example.com', role: 'admin', sessionId: 1n } as const
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

it('CSP-2 a preview link is good for ten minutes and for one tenant', () => {
  const token = makePreviewToken({ tenant, actor, now }, { developerId: 5n })
  expect(readPreviewToken(7n, token, later(9))).toEqual({ memberId: 3n, developerId: 5n, expiresAt: later(10) })
  expect(readPreviewToken(7n, token, later(10))).toBeNull()
  expect(readPreviewToken(8n, token, now)).toBeNull()
})

it('CSP-2 a token that was changed or made up is none', () => {
  const token = makePreviewToken({ tenant, actor, now })
  const [body, signature] = token.split('.') as [string, string]
  const foreign = Buffer.from(JSON.stringify({ t: 7, m: 3, d: 1, e: later(999).getTime() })).toString('base64url')
  for (const made of ['', '.', body, `${foreign}.${signature}`, `${body}.${signature.slice(0, -1)}`, `${body}.${signature}.x`, 'x'.repeat(600), `bm90IGpzb24.${signature}`]) expect(readPreviewToken(7n, made, now)).toBeNull()
  expect(readPreviewToken(7n, token, now)).toMatchObject({ developerId: null })
})
