import type { Metadata } from 'next'
import Link from 'next/link'
import { FileText } from 'lucide-react'
import { StateDot } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { SegmentedLinks } from '@/components/ui/segmented'
import { listContent, listLayouts } from '@/lib/portal/content/list-content'
import { listTemplateProblems } from '@/lib/portal/template-problems'
import { pageData, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { NewContent } from '../_components/new-content'
import { WithCode } from '../_components/with-code'
import { contentHref, isKind, kinds, kindWords, stateWord } from '../_words'

export const metadata: Metadata = { title: 'Content' }

const dayMs = 86_400_000

export default async function ContentPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('portal')
  const query = await queryOf(searchParams)
  const kind = isKind(query.kind) ? query.kind : null
  const [items, layouts, problems] = await Promise.all([pageData(listContent(ctx)), listLayouts(ctx), listTemplateProblems(ctx, { since: new Date(ctx.now.getTime() - dayMs) })])
  const changedAt = new Map(items.map((item) => [`${item.kind}s/${item.systemName}`, item.updatedAt]))
  const broken = problems.filter(({ template, at }) => changedAt.has(template) && at > (changedAt.get(template) ?? new Date(0)))
  const shown = kind ? items.filter((item) => item.kind === kind) : items
  const tab = (label: string, href: string, active: boolean, count: number) => ({ label: `${label} ${count}`, href, active })
  const action = <NewContent layouts={layouts} open={isKind(query.new) && query.new !== 'mail' ? query.new : null} />
  return (
    <>
      <PageHeader title="Content" description="Everything your portal is made of. What you have not touched is built in; open it, change it, publish your version." action={action} />
      <div className="flex flex-col gap-4">
        {broken.slice(0, 3).map(({ template, line, reason, path }) => (
          <Callout key={template} kind="danger" title="A template could not be rendered">
            <Link className="link" href={`/portal/content/${template.replace(/^(layout|page|partial|mail)s\//, '$1/')}`}>
              {template}
            </Link>
            {line === null ? '' : `, line ${line}`}: <WithCode text={reason} /> Seen at {path}; visitors saw an error page.
          </Callout>
        ))}
        <div className="-mx-1 overflow-x-auto px-1 pb-1 whitespace-nowrap">
          <SegmentedLinks
            label="Kinds of content"
            items={[tab('All', '/portal/content', kind === null, items.length), ...kinds.map((each) => tab(kindWords[each].many, `/portal/content?kind=${each}`, kind === each, items.filter((item) => item.kind === each).length))]}
          />
        </div>
        <DataTable
          key={kind}
          label={kind ? kindWords[kind].many.toLowerCase() : 'items'}
          search="Search by name or path"
          rows={shown.map((item) => {
            const { tone, word } = stateWord(item.state, item.builtIn)
            return {
              id: `${item.kind}/${item.systemName}`,
              href: contentHref(item),
              title: item.title,
              systemName: item.systemName,
              kind: kindWords[item.kind].one,
              state: item.state,
              stateDot: <StateDot tone={tone}>{word}</StateDot>,
              stateWord: word,
              path: item.path,
              updatedAt: item.updatedAt,
              updatedBy: item.updatedBy && `by ${item.updatedBy}`,
            }
          })}
          columns={[
            { key: 'title', header: 'Name', detailKey: 'systemName' },
            ...(kind ? [] : [{ key: 'kind', header: 'Kind', hideOnPhone: true }]),
            { key: 'stateDot', header: 'State', kind: 'node', valueKey: 'stateWord' },
            ...(kind === null || kind === 'page' || kind === 'file' ? [{ key: 'path', header: 'Path', kind: 'mono', hideOnPhone: true } as const] : []),
            { key: 'updatedAt', header: 'Last change', kind: 'time', detailKey: 'updatedBy', hideOnPhone: true },
          ]}
          filters={[
            {
              key: 'stateWord',
              label: 'State',
              options: ['Built-in', 'Your version', 'Published', 'Draft', 'Draft changed', 'Hidden'].map((word) => ({ value: word, label: word })),
            },
          ]}
          empty={
            <EmptyState icon={<FileText />} title={kind === 'file' ? 'No files yet' : 'Nothing here yet'}>
              {kind === 'file' ? 'Upload your favicon, logo, styles or scripts. Each file is served on your portal at the path you give it.' : 'What you add stands here.'}
            </EmptyState>
          }
        />
      </div>
    </>
  )
}
