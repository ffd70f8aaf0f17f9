import { Prisma } from '@/lib/db/generated/client'
import type { TenantDb } from '@/lib/db/tenant-db'
import { findHandoff, isOpen } from '@/lib/oauth/handoffs'
import type { Handoff, HandoffAnswer } from '@/lib/oauth/handoffs'
import { isEndUserId, refuseStranger } from '@/lib/oauth/login-site'
import { errorAnswer, jsonAnswer, withParams } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'

/**
 * `/oauth/handoffs/<id>`, for the login site's server alone. GET tells what its consent page shows; POST takes the
 * answer `{ end_user_id, scopes? }` or `{ denied: true }` and says where to send the browser.
 */
export async function serveHandoff(db: TenantDb, site: OauthSite, request: OauthRequest, id: string): Promise<OauthAnswer> {
  const refused = await refuseStranger(db, site, request)
  if (refused) return refused
  const handoff = await findHandoff(db, site, id)
  if (!handoff || !isOpen(handoff, site)) return errorAnswer(400, 'invalid_handoff', 'This hand-off is unknown, used or too old.')
  if (request.method === 'POST') return takeAnswer(db, site, request, id, handoff)
  const { name, appId } = await db.application.findUniqueOrThrow({ where: { id: handoff.row.applicationId }, select: { name: true, appId: true } })
  return jsonAnswer(200, {
    handoff: id,
    application: { name, client_id: appId },
    product: site.productName,
    scopes: site.settings.scopes.filter((scope) => handoff.request.scopes.includes(scope.name)).map((scope) => ({ name: scope.name, sentence: scope.sentence })),
    expires_at: handoff.row.expiresAt.toISOString(),
    return_to: returnAddress(site, id),
  })
}

/** Where the login site sends the browser when it is done. */
const returnAddress = (site: OauthSite, id: string): string => withParams(`${site.issuer}/callback`, { handoff: id })

async function takeAnswer(db: TenantDb, site: OauthSite, request: OauthRequest, id: string, handoff: Handoff): Promise<OauthAnswer> {
  const sent = readJson(request.body)
  if (!sent) return errorAnswer(400, 'invalid_request', 'Send a JSON object.')
  if (sent.client_id !== undefined) {
    const application = await db.application.findUniqueOrThrow({ where: { id: handoff.row.applicationId }, select: { appId: true } })
    if (application.appId !== sent.client_id) return errorAnswer(400, 'invalid_handoff', 'This hand-off belongs to another application.')
  }
  const answer = readAnswer(sent, handoff)
  if (typeof answer === 'string') return errorAnswer(400, 'invalid_request', answer)
  // The first word counts: a second one, from whomever, changes nothing.
  const { count } = await db.oauthHandoff.updateMany({ where: { id: handoff.row.id, usedAt: null, answer: { equals: Prisma.DbNull } }, data: { answer } })
  if (count === 0) return errorAnswer(400, 'invalid_handoff', 'This hand-off was answered before.')
  return jsonAnswer(200, { return_to: returnAddress(site, id) })
}

function readAnswer(sent: Record<string, unknown>, { request }: Handoff): HandoffAnswer | string {
  if (sent.denied === true) return { denied: true }
  if (sent.denied !== undefined && sent.denied !== false) return 'denied is true or false.'
  if (!isEndUserId(sent.end_user_id)) return 'end_user_id has 1 to 255 characters.'
  const scopes = sent.scopes ?? request.scopes
  if (!Array.isArray(scopes) || !scopes.every((scope) => request.scopes.includes(scope as string))) return 'scopes lists some of the scopes that were asked for.'
  return { denied: false, endUserId: sent.end_user_id, scopes: request.scopes.filter((scope) => scopes.includes(scope)) }
}

/** The body as an object; null for anything else. */
export function readJson(body: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
