import { applicationDeleteInput, applicationRef, applicationRejectInput } from '@/lib/applications/schema'
import type { ApplicationDeleteInput, ApplicationRef, ApplicationRejectInput, ApplicationState } from '@/lib/applications/schema'
import { writeApplication } from '@/lib/applications/write-application'
import { AppError, invalid } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import type { Ctx } from '@/lib/tenants/context'

type Move = { action: EventType; from: ApplicationState; to: ApplicationState; refusal: string }

/** Its keys are refused at every gateway within a second. Throws `not_found`, `conflict`. */
export const suspendApplication = (ctx: Ctx, raw: ApplicationRef): Promise<void> =>
  move(ctx, raw, { action: 'application.suspended', from: 'live', to: 'suspended', refusal: 'Only live applications can be suspended.' })

export const resumeApplication = (ctx: Ctx, raw: ApplicationRef): Promise<void> =>
  move(ctx, raw, { action: 'application.resumed', from: 'suspended', to: 'live', refusal: 'Only suspended applications can be resumed.' })

/** Lets an application that waits on a plan with approval go live. */
export const approveApplication = (ctx: Ctx, raw: ApplicationRef): Promise<void> =>
  move(ctx, raw, { action: 'application.approved', from: 'pending', to: 'live', refusal: 'This application does not wait for approval any more.' })

/** Refuses an application that waits, with what the partner is told: it is deleted. Throws `not_found`, `conflict`. */
export async function rejectApplication(ctx: Ctx, raw: ApplicationRejectInput): Promise<void> {
  const { applicationId, reason } = applicationRejectInput.parse(raw)
  await writeApplication(ctx, applicationId, 'application.rejected', async (tx, application) => {
    if (application.state !== 'pending') throw new AppError('conflict', { publicMessage: 'This application does not wait for approval any more.' })
    await tx.application.delete({ where: { id: applicationId } })
    const { name, planId } = application
    // The row is gone when the mail is written: what it says of the application travels with the event.
    return { result: undefined, event: { name, planId: planId === null ? null : Number(planId), reason }, before: { name, state: application.state }, after: reason ? { reason } : undefined }
  })
}

/** Deletes the application and its keys; what it used stays counted. Throws `not_found`, and `invalid` unless the name was typed. */
export async function deleteApplication(ctx: Ctx, raw: ApplicationDeleteInput): Promise<void> {
  const { applicationId, confirmation } = applicationDeleteInput.parse(raw)
  await writeApplication(ctx, applicationId, 'application.deleted', async (tx, application) => {
    if (confirmation.trim() !== application.name) throw invalid({ confirmation: [`Type ${application.name} to confirm.`] })
    await tx.application.delete({ where: { id: applicationId } })
    return { result: undefined, event: { name: application.name }, before: { name: application.name, state: application.state, appId: application.appId } }
  })
}

async function move(ctx: Ctx, raw: ApplicationRef, { action, from, to, refusal }: Move): Promise<void> {
  const { applicationId } = applicationRef.parse(raw)
  await writeApplication(ctx, applicationId, action, async (tx, application) => {
    if (application.state !== from) throw new AppError('conflict', { publicMessage: refusal })
    await tx.application.update({ where: { id: applicationId }, data: { state: to } })
    return { result: undefined, before: { state: from }, after: { state: to } }
  })
}
