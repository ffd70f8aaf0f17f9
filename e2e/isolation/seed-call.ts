import type { CallDetail } from '@/lib/calls/call-record'
import { redactHead } from '@/lib/calls/redact'
import type { Prisma } from '@/lib/db/generated/client'
import type { Ctx } from '@/lib/tenants/context'

/** A kept call of an application, as the gateway would have redacted it. */
export async function seedCall({ db, tenant, now }: Ctx, { productId, applicationId }: { productId: bigint; applicationId: bigint }): Promise<bigint> {
  const { target, head } = redactHead({ userKeyName: 'user_key', appKeyName: 'app_key' }, '/read?user_key=a-key-nobody-has', ['Accept', '*/*'])
  const detail: CallDetail = {
    scheme: 'http', host: 'api.example.com', address: '203.0.113.7', head, answerHead: [['content-type', 'text/plain']], step: 'limit', rules: [], usage: [], limits: [], upstream: null, upstreamMs: null,
  }
  const data = { tenantId: tenant.id, productId, applicationId, environment: 'production', requestId: `call-${applicationId}`, at: now, method: 'GET', target, status: 429, refusal: 'limits_exceeded', durationMs: 1, detail: detail as unknown as Prisma.InputJsonObject }
  return (await db.callRecord.create({ data, select: { id: true } })).id
}
