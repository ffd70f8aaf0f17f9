import { createLayout } from '@/lib/cms/create-layout'
import { createPage } from '@/lib/cms/create-page'
import { createPartial } from '@/lib/cms/create-partial'
import { findTemplate } from '@/lib/cms/queries'
import { pageInput, type LayoutInput, type PageInput, type PartialInput } from '@/lib/cms/schema'
import { findBuiltIn } from '@/lib/portal/built-in'
import { builtInNames } from '@/lib/portal/content/list-content'
import { assertLayout } from '@/lib/portal/content/save-content'
import type { Ctx } from '@/lib/tenants/context'

/** Throws `invalid`: path taken or not allowed, no such layout. */
export async function createContentPage(ctx: Ctx, raw: PageInput): Promise<{ systemName: string }> {
  const input = pageInput.parse(raw)
  if (input.layoutName) await assertLayout(ctx, input.layoutName)
  return createPage(ctx, input, builtInNames('page'))
}

/** Throws `invalid` where the name is taken, by us or by the tenant. */
export async function createContentPartial(ctx: Ctx, raw: PartialInput): Promise<{ systemName: string }> {
  return createPartial(ctx, raw, builtInNames('partial'))
}

/** Begins as what the main layout is today. Throws `invalid` where the name is taken. */
export async function createContentLayout(ctx: Ctx, raw: LayoutInput): Promise<{ systemName: string }> {
  const main = (await findTemplate(ctx, 'layout', 'main_layout'))?.published ?? findBuiltIn('layout', 'main_layout')?.source ?? '{% content %}\n'
  return createLayout(ctx, raw, builtInNames('layout'), main)
}
