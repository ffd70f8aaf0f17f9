import { assertNameFree, createTemplate } from '@/lib/cms/create-template'
import { partialInput, type PartialInput } from '@/lib/cms/schema'
import type { Ctx } from '@/lib/tenants/context'

/** A piece that pages and layouts take in by `{% include 'name' %}`. Throws `invalid` where the name is taken. */
export async function createPartial(ctx: Ctx, raw: PartialInput, builtIn: readonly string[]): Promise<{ systemName: string }> {
  const { systemName } = partialInput.parse(raw)
  return createTemplate(
    ctx,
    async (_tx, taken) => {
      assertNameFree('partial', systemName, taken, builtIn)
      return { kind: 'partial', systemName, title: systemName, layoutName: null, draft: '' }
    },
    'partial',
  )
}
