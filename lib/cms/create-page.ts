import { assertPathFree } from '@/lib/cms/write-template'
import { createTemplate } from '@/lib/cms/create-template'
import { pageInput, type PageInput } from '@/lib/cms/schema'
import type { Ctx } from '@/lib/tenants/context'

/**
 * A page of the tenant's own at a path. Its system name is made from the title and never one of `builtIn`, the names of
 * built-in pages: it would pass for a version of that one. Throws `invalid`.
 */
export async function createPage(ctx: Ctx, raw: PageInput, builtIn: readonly string[]): Promise<{ systemName: string }> {
  const input = pageInput.parse(raw)
  return createTemplate(
    ctx,
    async (tx, taken) => {
      await assertPathFree(tx, input.path)
      const systemName = freeName(nameOf(input.title), (name) => taken.has(name) || builtIn.includes(name))
      return { kind: 'page', systemName, ...input, draft: firstTextOf(input) }
    },
    'page',
  )
}

function nameOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 60) || 'page'
}

function freeName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name
  for (let number = 2; ; number++) if (!isTaken(`${name}_${number}`)) return `${name}_${number}`
}

function firstTextOf({ contentType }: { contentType: string }): string {
  return contentType === 'text/html' ? '<h1>{{ page.title }}</h1>\n\n{% if current_user %}\n  <p>Hello {{ current_user.name }}.</p>\n{% else %}\n  <p>Hello.</p>\n{% endif %}\n' : ''
}
