import { listTemplates } from '@/lib/cms/queries'
import { partnerMails, type PartnerMail } from '@/lib/portal/mails/mail-catalogue'
import { listTemplateProblems, type TemplateProblem } from '@/lib/portal/template-problems'
import type { Ctx } from '@/lib/tenants/context'

export type PartnerMailItem = {
  systemName: PartnerMail
  title: string
  when: string
  /** `own`: the tenant's version goes out; `draft`: there is one, but ours goes out. */
  state: 'built_in' | 'own' | 'draft'
  updatedAt: Date | null
  updatedBy: string
  /** Why the tenant's version did not render, since it was changed last. */
  problem: TemplateProblem | null
}

/** Every mail that partners get, in the order of a partner's life, with what the tenant has made of it. */
export async function listPartnerMails(ctx: Pick<Ctx, 'db'>): Promise<PartnerMailItem[]> {
  const [templates, problems] = await Promise.all([listTemplates(ctx), listTemplateProblems(ctx)])
  return partnerMails.map(({ systemName, title, when }) => {
    const own = templates.find((template) => template.kind === 'mail' && template.systemName === systemName)
    const problem = problems.find(({ template }) => template === `mails/${systemName}`) ?? null
    const state = own?.published ? 'own' : own ? 'draft' : 'built_in'
    return { systemName, title, when, state, updatedAt: own?.updatedAt ?? null, updatedBy: own?.updatedBy ?? '', problem: own?.published && problem && problem.at > own.updatedAt ? problem : null }
  })
}
