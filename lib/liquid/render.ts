import type { RenderAnswer, RenderInput } from '@/lib/liquid/job'
import { makeLiquidPool, type LiquidPool } from '@/lib/liquid/pool'
import { perProcess } from '@/lib/per-process'

export type { LiquidProblem, RenderAnswer, RenderInput } from '@/lib/liquid/job'

/**
 * Renders a page in its layout, or a mail, in a rendering thread (LQ-1). What a template does wrong is an answer
 * (`problem`: template, line, reason); throws `busy` when too many pages of this portal are waiting already.
 */
export async function renderLiquid({ templates, ...input }: RenderInput): Promise<RenderAnswer> {
  const bundle = bundleOf(templates, input.tenantId)
  return (await liquidPool().run(input.tenantId, { kind: 'render', bundle, templates, input })) as RenderAnswer
}

export function liquidPool(): LiquidPool {
  return perProcess('liquidPool', () => makeLiquidPool())
}

type Bundles = { names: WeakMap<object, Map<number, string>>; made: number }

/** The same object for the same tenant is the same bundle, so that a thread is sent it once. */
function bundleOf(templates: Record<string, string>, tenantId: number): string {
  const bundles = perProcess('liquidBundles', (): Bundles => ({ names: new WeakMap(), made: 0 }))
  const ofTenants = bundles.names.get(templates) ?? new Map<number, string>()
  bundles.names.set(templates, ofTenants)
  const known = ofTenants.get(tenantId)
  if (known) return known
  const name = `${tenantId}:${++bundles.made}`
  ofTenants.set(tenantId, name)
  return name
}
