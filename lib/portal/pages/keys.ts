import { ownAccountOnly } from '@/lib/accounts/own-account'
import { addAppKey, regenerateUserKey } from '@/lib/applications/change-credentials'
import { rotateAppKey } from '@/lib/applications/end-keys'
import { deleteAppKey, regenerateAppKey } from '@/lib/applications/manage-own-keys'
import { notFound } from '@/lib/errors'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { authenticationModeOf } from '@/lib/portal/drops/live-config'
import { goTo, idIn, orSay } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/applications/:application_id'
const OVERLAP_DAYS = 7
/** Where an application key proves something: beside the id, or as the client secret. Other issuers' clients have none of ours. */
const byAppKey: readonly AuthenticationMode[] = ['app_id_app_key', 'oauth']

/** The keys of an application. They are shown on its page, so every change leads back there. */
export const keysRoutes: PortalRoute[] = [
  { method: 'PUT', path: `${path}/user_key`, who: 'developer', handle: change(['user_key'], 'The key is replaced. The old one is refused from now on.', (visit, applicationId) => regenerateUserKey(visit.ctx, { applicationId })) },
  { method: 'POST', path: `${path}/keys`, who: 'developer', handle: change(byAppKey, 'There is a new key. The others go on working.', (visit, applicationId) => addAppKey(visit.ctx, { applicationId })) },
  { method: 'DELETE', path: `${path}/keys/:id`, who: 'developer', handle: change(byAppKey, 'The key is deleted. Calls with it are refused from now on.', (visit, applicationId, request) => deleteAppKey(visit.ctx, { applicationId, credentialId: idIn(request) })) },
  { method: 'PUT', path: `${path}/keys/:id/regenerate`, who: 'developer', handle: change(byAppKey, 'The key is replaced. The old one is refused from now on.', (visit, applicationId, request) => regenerateAppKey(visit.ctx, { applicationId, credentialId: idIn(request) })) },
  { method: 'PUT', path: `${path}/keys/:id/rotate`, who: 'developer', handle: change(byAppKey, 'There is a new key. The old one goes on until its end.', rotate) },
  { method: 'GET', path: `${path}/keys`, who: 'developer', handle: async (_visit, request) => back(request) },
  { method: 'GET', path: `${path}/keys/new`, who: 'developer', handle: async (_visit, request) => back(request) },
]

/** The new key at once; the old one ends in a week, or once it was unused for a week. */
async function rotate({ ctx }: Visit, applicationId: bigint, request: PortalRequest): Promise<unknown> {
  const end = request.query.get('ends') === 'unused' ? { end: 'unused' as const, unusedDays: OVERLAP_DAYS } : { end: 'date' as const, endsAt: new Date(ctx.now.getTime() + OVERLAP_DAYS * 86_400_000) }
  return rotateAppKey(ctx, { applicationId, credentialId: idIn(request), ...end })
}

/** A change of keys that this product's mode knows; in other modes there is nothing to change. */
function change(modes: readonly AuthenticationMode[], done: string, act: (visit: Visit, applicationId: bigint, request: PortalRequest) => Promise<unknown>): PortalRoute['handle'] {
  return async (visit, request) => {
    const id = idIn(request, 'application_id')
    const application = await visit.ctx.db.application.findFirst({ where: { id, kind: 'partner', ...ownAccountOnly(visit.ctx) }, select: { product: { select: { id: true, liveVersion: true, authenticationMode: true } } } })
    if (!application || !modes.includes(await authenticationModeOf(visit.ctx, application.product))) throw notFound()
    const page = `/admin/applications/${id}`
    return orSay(page, async () => {
      await act(visit, id, request)
      return goTo(page, done)
    })
  }
}

const back = (request: PortalRequest): PortalAnswer => ({ kind: 'redirect', to: `/admin/applications/${idIn(request, 'application_id')}` })
