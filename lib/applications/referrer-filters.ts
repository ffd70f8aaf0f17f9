import { writeApplication } from '@/lib/applications/write-application'
import { AppError, invalid, notFound } from '@/lib/errors'
import { z } from 'zod'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

const referrerFiltersMax = 5

export const referrerFilterInput = z.object({ applicationId: idInput, filter: z.string().max(300, 'Use at most 255 characters.') })

/** Why a text is no referrer filter, in words; null: it is one (reference portal 1.6). */
function findReferrerFilterProblem(filter: string): string | null {
  if (filter.length === 0 || filter.length > 255) return 'Write a host such as *.example.com, with at most 255 characters.'
  return /^[A-Za-z0-9*.-]+$/.test(filter) ? null : 'Use letters, digits, dots, dashes and * only, like *.example.com.'
}

/** One more host that calls may come from. Throws `not_found`, `invalid`, `conflict` at five. */
export async function addReferrerFilter(ctx: Ctx, { applicationId, filter }: { applicationId: bigint; filter: string }): Promise<void> {
  const wanted = filter.trim()
  const problem = findReferrerFilterProblem(wanted)
  if (problem) throw invalid({ referrerFilter: [problem] })
  await writeApplication(ctx, applicationId, 'application.changed', async (tx, { referrerFilters: before }) => {
    if (before.includes(wanted)) throw invalid({ referrerFilter: ['This one is there already.'] })
    if (before.length >= referrerFiltersMax) throw new AppError('conflict', { publicMessage: `An application has at most ${referrerFiltersMax} referrer filters. Remove one first.` })
    const after = [...before, wanted]
    await tx.application.update({ where: { id: applicationId }, data: { referrerFilters: after } })
    return { result: undefined, before: { referrerFilters: before }, after: { referrerFilters: after } }
  })
}

/** Throws `not_found` for an application or a filter that is not there. */
export async function removeReferrerFilter(ctx: Ctx, { applicationId, filter }: { applicationId: bigint; filter: string }): Promise<void> {
  await writeApplication(ctx, applicationId, 'application.changed', async (tx, { referrerFilters: before }) => {
    const after = before.filter((each) => each !== filter)
    if (after.length === before.length) throw notFound()
    await tx.application.update({ where: { id: applicationId }, data: { referrerFilters: after } })
    return { result: undefined, before: { referrerFilters: before }, after: { referrerFilters: after } }
  })
}
