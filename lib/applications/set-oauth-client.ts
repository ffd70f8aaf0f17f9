import { z } from 'zod'
import { findRedirectUriProblem, redirectUrisMax } from '@/lib/applications/redirect-uris'
import { writeApplication } from '@/lib/applications/write-application'
import { sameJson } from '@/lib/products/same-json'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

const clientTypes = ['confidential', 'public'] as const
export type ClientType = (typeof clientTypes)[number]

/** Addresses one a line or as a list. */
const redirectUris = z
  .union([z.string().transform((text) => text.split(/\r?\n/)), z.array(z.string())])
  .transform((list) => [...new Set(list.map((uri) => uri.trim()).filter((uri) => uri !== ''))])
  .superRefine((list, context) => {
    if (list.length > redirectUrisMax) context.addIssue({ code: 'custom', message: `Register at most ${redirectUrisMax} addresses.` })
    for (const uri of list) {
      const problem = findRedirectUriProblem(uri)
      if (problem) context.addIssue({ code: 'custom', message: `${uri.slice(0, 80)}: ${problem}` })
    }
  })

export const oauthClientInput = z.object({
  applicationId: idInput,
  redirectUris: redirectUris.optional(),
  clientType: z.enum(clientTypes, { error: 'Choose whether the client can keep a secret.' }).optional(),
})
export type OauthClientInput = z.input<typeof oauthClientInput>

/** Where an OAuth client may be sent back to, and whether it can keep a secret (OA-2, OA-5). In force at once. Throws `not_found`, `invalid`. */
export async function setOauthClient(ctx: Ctx, raw: OauthClientInput): Promise<void> {
  const { applicationId, ...wanted } = oauthClientInput.parse(raw)
  await writeApplication(ctx, applicationId, 'application.changed', async (tx, application) => {
    const names = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((name) => wanted[name] !== undefined && !sameJson(wanted[name], application[name]))
    const data = Object.fromEntries(names.map((name) => [name, wanted[name]]))
    await tx.application.update({ where: { id: applicationId }, data, select: { id: true } })
    return { result: undefined, before: Object.fromEntries(names.map((name) => [name, application[name]])), after: data }
  })
}
