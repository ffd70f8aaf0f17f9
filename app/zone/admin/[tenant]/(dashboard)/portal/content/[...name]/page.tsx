import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { CrumbName } from '@/components/shell/crumb-names'
import { Callout } from '@/components/ui/callout'
import { PageHeader } from '@/components/ui/page-header'
import { templateKinds, type TemplateKind } from '@/lib/cms/schema'
import { checkSyntax } from '@/lib/liquid/check-syntax'
import { getContent, listLayouts } from '@/lib/portal/content/list-content'
import { listPreviewPeople } from '@/lib/portal/content/preview-link'
import { partnerMails } from '@/lib/portal/mails/mail-catalogue'
import { listTemplateProblems } from '@/lib/portal/template-problems'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { TemplateEditor } from '../_components/template-editor'
import { WithCode } from '../_components/with-code'
import { kindWords } from '../_words'

type Params = { params: Promise<{ name: string[] }> }

export const metadata: Metadata = { title: 'Content' }

export default async function TemplatePage({ params }: Params) {
  const ctx = await requireAdmin('portal')
  const { kind, systemName } = refOf((await params).name)
  const content = await pageData(getContent(ctx, kind, systemName))
  const [layouts, people, problems, syntax] = await Promise.all([
    kind === 'page' ? listLayouts(ctx) : [],
    pageData(listPreviewPeople(ctx)),
    listTemplateProblems(ctx, content.publishedAt ? { since: content.publishedAt } : {}),
    // A draft is kept whatever Liquid says of it; who comes back to it is told again.
    content.liquid && content.updatedAt !== null ? checkSyntax(ctx.tenant.id, content.text, kind === 'mail' ? 'mail' : 'page') : null,
  ])
  const failed = content.publishedAt && problems.find(({ template }) => template === `${kind}s/${systemName}`)
  const when = kind === 'mail' && partnerMails.find((mail) => mail.systemName === systemName)?.when
  const href = `/portal/content/${kind}/${systemName}`
  return (
    <>
      <CrumbName path={href} name={content.title} />
      <PageHeader
        title={content.title}
        description={
          <>
            {kindWords[kind].one} <code className="font-mono text-[13px]">{systemName}</code>
            {content.path && (
              <>
                {' '}
                at <code className="font-mono text-[13px]">{content.path}</code>
              </>
            )}
            {when && <>. {when}</>}
          </>
        }
        className="mb-4"
      />
      {failed && (
        <Callout kind="danger" title="The published version could not be rendered" className="mb-4">
          {failed.line === null ? '' : `Line ${failed.line}: `}
          <WithCode text={failed.reason} /> Seen at {failed.path}; visitors saw an error page.
        </Callout>
      )}
      <TemplateEditor key={href} opened={content} openedProblem={syntax} layouts={layouts} people={people} />
    </>
  )
}

function refOf(segments: string[]): { kind: TemplateKind; systemName: string } {
  const [kind, ...name] = segments.map((segment) => decodeURIComponent(segment))
  if (!templateKinds.some((known) => known === kind) || name.length === 0) notFound()
  return { kind: kind as TemplateKind, systemName: name.join('/') }
}
