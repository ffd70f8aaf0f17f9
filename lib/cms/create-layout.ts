import { assertNameFree, createTemplate } from '@/lib/cms/create-template'
import { layoutInput, type LayoutInput } from '@/lib/cms/schema'
import type { Ctx } from '@/lib/tenants/context'

/** A layout of the tenant's own; it begins as `firstText`, usually the main layout's. Throws `invalid` where the name is taken. */
export async function createLayout(ctx: Ctx, raw: LayoutInput, builtIn: readonly string[], firstText: string): Promise<{ systemName: string }> {
  const { title, systemName } = layoutInput.parse(raw)
  return createTemplate(
    ctx,
    async (_tx, taken) => {
      assertNameFree('layout', systemName, taken, builtIn)
      return { kind: 'layout', systemName, title, layoutName: null, draft: firstText }
    },
    'layout',
  )
}
