import { z } from 'zod'
import { assertOwnAccount } from '@/lib/accounts/own-account'
import { placeOnPlan } from '@/lib/applications/place-on-plan'
import { tellApplication } from '@/lib/applications/write-application'
import type { Application, Plan, PlanRequest } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { assertCanChoosePlan } from '@/lib/plans/assert-can-choose-plan'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

export type PlanRequestState = 'open' | 'approved' | 'rejected' | 'withdrawn'

const text = z.string().trim().max(1000, 'Use at most 1000 characters.')

const planChangeInput = z.object({ applicationId: idInput, planId: idInput, reason: text.default('') })
export type PlanChangeInput = z.input<typeof planChangeInput>

const planRequestRef = z.object({ requestId: idInput })
export type PlanRequestRef = z.input<typeof planRequestRef>

const planRequestRejectInput = z.object({ requestId: idInput, answer: text.min(1, 'Say why, in a sentence for the partner.') })
export type PlanRequestRejectInput = z.input<typeof planRequestRejectInput>

/**
 * A developer asks for another plan of the product. As the product has it, that changes the plan at once or leaves a
 * request to the tenant; a plan that needs approval is always requested. Throws `not_found` (a hidden plan's id included,
 * ISO-10), `forbidden` where partners do not change plans, `conflict` beside an open request and for an application
 * that is not live, `invalid`.
 */
export async function changePlanAsDeveloper(ctx: Ctx, raw: PlanChangeInput): Promise<{ outcome: 'changed' | 'requested' }> {
  const { applicationId, planId, reason } = planChangeInput.parse(raw)
  return ctx.db
    .$transaction(async (tx) => {
      const application = await lockApplication(tx, ctx, applicationId)
      const plan = await tx.plan.findFirst({ where: { id: planId, productId: application.productId } })
      if (!plan) throw notFound()
      assertCanChoosePlan(ctx.actor, plan)
      const { planChangeMode } = await tx.product.findUniqueOrThrow({ where: { id: application.productId }, select: { planChangeMode: true } })
      if (planChangeMode === 'none') throw new AppError('forbidden', { publicMessage: 'Plans are not changed here. Please write to us.' })
      if (application.state !== 'live') throw new AppError('conflict', { publicMessage: 'Only a live application can change its plan.' })
      if (application.planId === plan.id) throw invalid({ planId: [`${application.name} is on ${plan.name} already.`] })
      if (planChangeMode === 'request' || plan.approvalRequired) {
        await openRequest(tx, ctx, application, plan, reason)
        return { outcome: 'requested' as const }
      }
      await closeOpenRequest(tx, ctx, application)
      await tellApplication(tx, ctx, application, 'application.plan_changed', await placeOnPlan(tx, application, plan))
      return { outcome: 'changed' as const }
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'plan_requests_tenantId_openApplicationId_key')) throw alreadyAsked()
      throw error
    })
}

/** The developer no longer wants it. Throws `not_found`, `conflict` where it is decided already. */
export async function withdrawPlanRequest(ctx: Ctx, raw: PlanRequestRef): Promise<void> {
  const { requestId } = planRequestRef.parse(raw)
  await decide(ctx, requestId, 'withdrawn', '', async () => undefined)
}

/** The application moves to the plan it asked for, hidden since or not; its keys stay. Throws `not_found`, `conflict` where it is decided already. */
export async function approvePlanRequest(ctx: Ctx, raw: PlanRequestRef): Promise<void> {
  const { requestId } = planRequestRef.parse(raw)
  await decide(ctx, requestId, 'approved', '', async (tx, application, request) => {
    const plan = await tx.plan.findUniqueOrThrow({ where: { id: request.planId }, select: { id: true, name: true } })
    const { event, ...told } = await placeOnPlan(tx, application, plan)
    // The id tells whoever writes mails that this change has been told of as an approval.
    await tellApplication(tx, ctx, application, 'application.plan_changed', { event: { ...event, planRequestId: Number(request.id) }, ...told })
  })
}

/** With the answer the partner reads. Throws `not_found`, `conflict` where it is decided already, `invalid` without an answer. */
export async function rejectPlanRequest(ctx: Ctx, raw: PlanRequestRejectInput): Promise<void> {
  const { requestId, answer } = planRequestRejectInput.parse(raw)
  await decide(ctx, requestId, 'rejected', answer, async () => undefined)
}

async function openRequest(tx: TenantTx, ctx: Ctx, application: Application, plan: Plan, reason: string): Promise<void> {
  if (await tx.planRequest.findFirst({ where: { openApplicationId: application.id }, select: { id: true } })) throw alreadyAsked()
  const { id } = await tx.planRequest.create({
    data: {
      tenantId: ctx.tenant.id,
      accountId: application.accountId!,
      applicationId: application.id,
      openApplicationId: application.id,
      fromPlanId: application.planId,
      planId: plan.id,
      reason,
      developerId: ctx.actor.kind === 'developer' ? ctx.actor.id : null,
      developerName: ctx.actor.name,
    },
    select: { id: true },
  })
  await tell(tx, ctx, application, { id, planId: plan.id, fromPlanId: application.planId }, 'created', { plan: plan.name, reason })
}

/** A change at once answers a request that was still open. */
async function closeOpenRequest(tx: TenantTx, ctx: Ctx, application: Application): Promise<void> {
  const closed = await tx.planRequest.updateManyAndReturn({
    where: { openApplicationId: application.id },
    data: { state: 'withdrawn', openApplicationId: null, decidedBy: ctx.actor.name, decidedAt: ctx.now },
  })
  for (const request of closed) await tell(tx, ctx, application, request, 'withdrawn', {})
}

/** One conditional UPDATE: of two decisions that come together one wins. */
async function decide(
  ctx: Ctx,
  requestId: bigint,
  state: Exclude<PlanRequestState, 'open'>,
  answer: string,
  act: (tx: TenantTx, application: Application, request: PlanRequest) => Promise<void>,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const found = await tx.planRequest.findUnique({ where: { id: requestId }, select: { applicationId: true } })
    if (!found) throw notFound()
    const application = await lockApplication(tx, ctx, found.applicationId)
    const [request] = await tx.planRequest.updateManyAndReturn({
      where: { id: requestId, state: 'open' },
      data: { state, answer, openApplicationId: null, decidedBy: ctx.actor.name, decidedAt: ctx.now },
    })
    if (!request) throw new AppError('conflict', { publicMessage: 'This request is decided already.' })
    await act(tx, application, request)
    await tell(tx, ctx, application, request, state, answer ? { answer } : {})
  })
}

async function lockApplication(tx: TenantTx, ctx: Ctx, applicationId: bigint): Promise<Application> {
  await tx.$queryRaw`SELECT id FROM applications WHERE "tenantId" = ${ctx.tenant.id} AND id = ${applicationId} FOR UPDATE`
  const application = await tx.application.findFirst({ where: { id: applicationId, kind: 'partner' } })
  if (!application) throw notFound()
  assertOwnAccount(ctx, application.accountId)
  return application
}

async function tell(
  tx: TenantTx,
  ctx: Ctx,
  application: Application,
  request: Pick<PlanRequest, 'id' | 'planId' | 'fromPlanId'>,
  what: 'created' | 'approved' | 'rejected' | 'withdrawn',
  after: Record<string, unknown>,
): Promise<void> {
  const ids = { planRequestId: Number(request.id), applicationId: Number(application.id), accountId: Number(application.accountId), productId: Number(application.productId) }
  const data = { ...ids, planId: Number(request.planId), fromPlanId: request.fromPlanId === null ? null : Number(request.fromPlanId) }
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: `plan_request.${what}`, data })
  await recordAudit(tx, ctx.audit, { action: `plan_request.${what}`, object: { kind: 'plan_request', id: request.id, name: application.name }, after: { ...after, planId: request.planId } })
}

const alreadyAsked = () => new AppError('conflict', { publicMessage: 'This application has asked for a plan already. Withdraw that request to ask for another.' })
