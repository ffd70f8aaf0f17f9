import { findRedirectUriProblem, redirectUrisMax } from '@/lib/applications/redirect-uris'
import { writeApplication } from '@/lib/applications/write-application'
import { invalid } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** The addresses an OAuth client may be sent back to, all of them (OA-2). Throws `not_found`, `invalid`. */
export async function setRedirectUris(ctx: Ctx, { applicationId, redirectUris }: { applicationId: bigint; redirectUris: string[] }): Promise<void> {
  const wanted = [...new Set(redirectUris.map((uri) => uri.trim()).filter((uri) => uri !== ''))]
  const problems = wanted.flatMap((uri) => findRedirectUriProblem(uri) ?? [])
  if (wanted.length > redirectUrisMax) problems.push(`Register at most ${redirectUrisMax} addresses.`)
  if (problems.length > 0) throw invalid({ redirectUris: problems })
  await writeApplication(ctx, applicationId, 'application.changed', async (tx, { redirectUris: before }) => {
    await tx.application.update({ where: { id: applicationId }, data: { redirectUris: wanted } })
    return { result: undefined, before: { redirectUris: before }, after: { redirectUris: wanted } }
  })
}
