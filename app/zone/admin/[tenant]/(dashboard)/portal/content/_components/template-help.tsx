import { Card } from '@/components/ui/card'
import type { TemplateKind } from '@/lib/cms/schema'
import { helpFor, type HelpLine } from './template-reference'

/** A short reference beside the text: what this template may use. */
export function TemplateHelp({ kind, systemName }: { kind: TemplateKind; systemName: string }) {
  const { variables, tags } = helpFor(kind, systemName)
  return (
    <Card title="What you can use" description={kind === 'mail' ? 'A mail is plain text; we frame it.' : 'Values are escaped for HTML by themselves.'}>
      <Lines title="Values" lines={variables} />
      <Lines title="Tags and filters" lines={tags} />
    </Card>
  )
}

function Lines({ title, lines }: { title: string; lines: HelpLine[] }) {
  return (
    <section className="not-first:mt-4">
      <h3 className="mb-1.5 text-xs font-semibold text-text-2">{title}</h3>
      <dl className="flex flex-col gap-2">
        {lines.map(([code, says]) => (
          <div key={code}>
            <dt className="font-mono text-xs break-words">{code}</dt>
            <dd className="text-xs text-text-2">{says}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
