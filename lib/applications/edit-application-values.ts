import { applicationValuesInput, type ApplicationValuesInput } from '@/lib/applications/schema'
import { writeApplication } from '@/lib/applications/write-application'
import { checkValues } from '@/lib/fields/check-values'
import { joinValues, mergeExtra } from '@/lib/fields/split-values'
import type { Ctx } from '@/lib/tenants/context'

/** The fields of an application by their names, built-in and own; what is not sent stays. Throws `not_found`, and `invalid` by field name. */
export async function editApplicationValues(ctx: Ctx, raw: ApplicationValuesInput): Promise<void> {
  const { applicationId, values } = applicationValuesInput.parse(raw)
  await writeApplication(ctx, applicationId, 'application.changed', async (tx, application) => {
    const current = joinValues('application', application)
    const { columns, extra } = await checkValues({ ...ctx, db: tx }, 'application', values, { current })
    const { name, description } = columns
    const updated = await tx.application.update({ where: { id: applicationId }, data: { ...(name && { name }), description, extra: mergeExtra(application.extra, extra) } })
    return { result: undefined, before: current, after: joinValues('application', updated) }
  })
}
