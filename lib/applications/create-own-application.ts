import { z } from 'zod'
import { insertApplication } from '@/lib/applications/insert-application'
import type { ApplicationState } from '@/lib/applications/schema'
import type { Plan, Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { checkValues } from '@/lib/fields/check-values'
import { fieldValuesInput } from '@/lib/fields/schema'
import { mergeExtra } from '@/lib/fields/split-values'
import { assertCanChoosePlan } from '@/lib/plans/assert-can-choose-plan'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { getPortalSettings } from '@/lib/tenants/portal-settings'

/** Without a plan: the product's default one. Without a product: the plan's, or the tenant's first. */
const ownApplicationInput = z.object({ productId: idInput.optional(), planId: idInput.optional(), fields: fieldValuesInput })
export type OwnApplicationInput = z.input<typeof ownApplicationInput>

// A double click sends the form twice; the second one meets what the first has made (IDM-2).
const DOUBLE_CLICK_MS = 30_000

/**
 * An application of the developer's own account: as many as the tenant's switch allows, of the products it shows, on
 * published plans or the default one. The same form sent twice makes one (IDM-2). Throws `not_found` for plans and
 * products that are not open to partners (ISO-10), `invalid` by field name, `conflict` for one too many.
 */
export async function createOwnApplication(ctx: Ctx, raw: OwnApplicationInput): Promise<{ id: bigint; state: ApplicationState }> {
  const { productId, planId, fields } = ownApplicationInput.parse(raw)
  const { actor } = ctx
  if (actor.kind !== 'developer') throw notFound()
  const { accountId } = actor
  const { columns, extra } = await checkValues(ctx, 'application', fields)
  const { name = '', description = '' } = columns
  return ctx.db.$transaction(async (tx) => {
    // Forms sent at the same moment take turns at the account.
    await tx.$queryRaw`SELECT id FROM accounts WHERE "tenantId" = ${ctx.tenant.id} AND id = ${accountId} FOR UPDATE`
    const settings = await getPortalSettings({ db: tx })
    const plan = await choosePlan(tx, ctx, { productId, planId, anyProduct: settings.multipleProducts })
    const twin = await tx.application.findFirst({
      where: { accountId, kind: 'partner', planId: plan.id, name, createdAt: { gt: new Date(ctx.now.getTime() - DOUBLE_CLICK_MS) } },
      select: { id: true, state: true },
    })
    if (twin) return { id: twin.id, state: twin.state as ApplicationState }
    if (!settings.multipleApplications && (await tx.application.count({ where: { accountId, kind: 'partner' } })) > 0)
      throw new AppError('conflict', { publicMessage: 'Your account has its application already; there is one for each account here.' })
    const state = plan.approvalRequired ? 'pending' : 'live'
    const { id } = await insertApplication(tx, ctx, { accountId, plan, name, description, extra: mergeExtra({}, extra), state })
    return { id, state }
  })
}

type Wanted = { productId: bigint | undefined; planId: bigint | undefined; anyProduct: boolean }

/** Something is behind it: a tenant's first, still empty product is nobody's API yet. */
const open = { state: 'active', OR: [{ liveVersion: { not: null } }, { metrics: { some: { parentId: { not: null }, retiredAt: null } } }] } satisfies Prisma.ProductWhereInput
const firstOnes = [{ isDefault: 'desc' as const }, { id: 'asc' as const }]

/** The plan, of a product that partners may have: every open one, or with the switch off the first. */
async function choosePlan(tx: TenantTx, ctx: Ctx, { productId, planId, anyProduct }: Wanted): Promise<Plan> {
  const first = anyProduct ? null : await tx.product.findFirst({ where: open, orderBy: firstOnes, select: { id: true } })
  if (!anyProduct && (!first || (productId !== undefined && productId !== first.id))) throw notFound()
  const asked = productId ?? first?.id
  if (planId !== undefined) {
    const plan = await tx.plan.findFirst({ where: { id: planId, productId: asked, product: open } })
    if (!plan) throw notFound()
    assertCanChoosePlan(ctx.actor, plan)
    return plan
  }
  const product = await tx.product.findFirst({ where: { id: asked, ...open }, orderBy: firstOnes, select: { defaultPlanId: true } })
  if (!product) throw notFound()
  const plan = product.defaultPlanId === null ? null : await tx.plan.findUnique({ where: { id: product.defaultPlanId } })
  if (!plan) throw invalid({ plan_id: ['Choose a plan.'] })
  return plan
}
