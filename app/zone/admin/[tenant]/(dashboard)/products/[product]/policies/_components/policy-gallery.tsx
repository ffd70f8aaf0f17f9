'use client'

import { Dialog } from '@/components/ui/dialog'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import type { Definition } from './policy-chain'
import { startOf } from './schema-fields'

type Props = { definitions: Definition[]; registered: { name: string; version: string }[]; onClose: () => void; onChoose: (entry: PolicyEntry) => void }

/** What can be added, with a sentence each. */
export function PolicyGallery({ definitions, registered, onClose, onChoose }: Props) {
  const active = definitions.filter(({ kind }) => kind === 'active')
  return (
    <Dialog open onOpenChange={onClose} size="lg" title="Add a policy" description="Each can be switched off and moved later. Chains of APIcast can be pasted as JSON.">
      <ul className="grid gap-2 sm:grid-cols-2">
        {active.map((definition) => (
          <Choice key={definition.name} title={definition.title} sentence={definition.sentence} onChoose={() => onChoose({ name: definition.name, version: 'builtin', enabled: true, configuration: startOf(definition.schema) })} />
        ))}
        {registered.map(({ name, version }) => (
          <Choice key={`${name} ${version}`} title={`${name} ${version}`} sentence="Of your registry, for self-managed gateways only." onChoose={() => onChoose({ name, version, enabled: true, configuration: {} })} />
        ))}
      </ul>
    </Dialog>
  )
}

function Choice({ title, sentence, onChoose }: { title: string; sentence: string; onChoose: () => void }) {
  return (
    <li className="min-w-0">
      <button type="button" onClick={onChoose} className="flex h-full w-full flex-col items-start justify-start gap-0.5 rounded-lg border border-line bg-surface px-3 py-2.5 text-left transition-colors hover:border-text-3 hover:bg-sunken">
        <span className="font-semibold">{title}</span>
        <span className="text-xs text-text-2">{sentence}</span>
      </button>
    </li>
  )
}
