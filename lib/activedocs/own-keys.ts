import { credentialPlace } from '@/lib/applications/insert-credential'
import { decryptSecret } from '@/lib/crypto'
import type { Ctx } from '@/lib/tenants/context'

/** A live application of the signed-in account with its newest keys in the clear, for its owner's eyes (KEY-5). */
export type OwnApplication = { id: number; name: string; productId: number; productName: string; appId: string; userKey: string | null; appKey: string | null }

const APPLICATIONS_MAX = 5

/** The five latest live applications of the signed-in developer's account, of one product where it is named; nobody else gets any (DOC-1). */
export async function listOwnApplications(ctx: Ctx, productId?: number): Promise<OwnApplication[]> {
  if (ctx.actor.kind !== 'developer') return []
  const rows = await ctx.db.application.findMany({
    where: { kind: 'partner', state: 'live', accountId: ctx.actor.accountId, account: { state: 'approved' }, ...(productId !== undefined && { productId: BigInt(productId) }) },
    orderBy: { id: 'desc' },
    take: APPLICATIONS_MAX,
    include: { product: { select: { name: true } }, credentials: { where: { revokedAt: null }, orderBy: { id: 'desc' } } },
  })
  return rows.map(({ id, name, productId: ofProduct, product, appId, credentials }) => {
    const newest = (kind: string) => {
      // One that was shown once has no ciphertext: an older one that can be shown is better than none.
      const credential = credentials.find((each) => each.kind === kind && each.cipher !== null)
      return credential?.cipher ? decryptSecret(credential.cipher, credentialPlace(ctx.tenant.id, credential.id)) : null
    }
    return { id: Number(id), name, productId: Number(ofProduct), productName: product.name, appId, userKey: newest('user_key'), appKey: newest('app_key') }
  })
}

/** Lists by the names 3scale's documents use in `x-data-threescale-name`. */
export type AutofillLists = Record<'app_keys' | 'app_ids' | 'user_keys' | 'client_ids' | 'client_secrets', { name: string; value: string }[]>

/** Values to fill in, each with the name of its application and product. */
export function autofillLists(applications: OwnApplication[]): AutofillLists {
  const list = (valueOf: (application: OwnApplication) => string | null) =>
    applications.flatMap((application) => {
      const value = valueOf(application)
      return value ? [{ name: `${application.name} - ${application.productName}`, value }] : []
    })
  const ids = list(({ appId, appKey }) => (appKey ? appId : null))
  const keys = list(({ appKey }) => appKey)
  return { user_keys: list(({ userKey }) => userKey), app_ids: ids, app_keys: keys, client_ids: ids, client_secrets: keys }
}
