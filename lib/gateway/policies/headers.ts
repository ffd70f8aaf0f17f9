import { isProtectedHeader } from '@/lib/products/policy-schemas'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { deleteHeader, hasHeader, headerBytes, setHeader } from '@/lib/gateway/policies/change-headers'
import { textOf } from '@/lib/gateway/policies/condition'
import type { PolicyText } from '@/lib/gateway/policies/condition'
import type { PolicyHooks, PolicyRun } from '@/lib/gateway/policies/policy-run'

type Configuration = PolicyConfiguration<'headers'>
type Change = { op: 'add' | 'set' | 'push' | 'delete'; header: string; value: PolicyText }

/** Headers on the way up and down, in the order of the commands. What is the gateway's own stays so (GW-4, GW-5). */
export function headers({ request, response }: Configuration): PolicyHooks {
  const up = compile(request, 'request')
  const down = compile(response, 'response')
  return {
    ...(up.length > 0 ? { onRequest: (run: PolicyRun, list: string[]) => apply(up, run, list) } : {}),
    ...(down.length > 0 ? { onResponse: (run: PolicyRun, list: string[]) => apply(down, run, list) } : {}),
  }
}

function compile(changes: Configuration['request'], way: 'request' | 'response'): Change[] {
  return (changes ?? [])
    .filter(({ header }) => !isProtectedHeader(header, way))
    .map(({ op, header, value = '', value_type }) => ({ op, header, value: textOf(value, value_type) }))
}

/** APIcast's words: `add` only where the header is there, `push` in any case, `set` replaces. */
function apply(changes: readonly Change[], run: PolicyRun, list: string[]): void {
  for (const { op, header, value } of changes) {
    if (op === 'delete') {
      deleteHeader(list, header)
      continue
    }
    if (op === 'add' && !hasHeader(list, header)) continue
    const text = headerBytes(value(run))
    // An empty value is how a Liquid text says "nothing": then the header is not sent at all.
    if (text === null || text === '') {
      if (op === 'set') deleteHeader(list, header)
    } else if (op === 'set') setHeader(list, header, text)
    else list.push(header, text)
  }
}
