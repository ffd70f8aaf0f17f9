import { AppError, invalid, notFound } from '@/lib/errors'
import { deleteTemplate } from '@/lib/cms/delete-template'
import { editTemplate } from '@/lib/cms/edit-template'
import { publishTemplate } from '@/lib/cms/publish-template'
import { findTemplate } from '@/lib/cms/queries'
import { resetTemplate } from '@/lib/cms/reset-template'
import { saveDraft, type FirstVersion } from '@/lib/cms/save-draft'
import { draftInput, templateRef, templateSettingsInput, type DraftInput, type TemplateKind, type TemplateRef, type TemplateSettingsInput } from '@/lib/cms/schema'
import { checkSyntax } from '@/lib/liquid/check-syntax'
import { findBuiltIn } from '@/lib/portal/built-in'
import { builtInLayoutOf } from '@/lib/portal/content/built-in-place'
import { listLayouts } from '@/lib/portal/content/list-content'
import type { Ctx } from '@/lib/tenants/context'

/** What Liquid says of a text: the line counts from 1, null where no line can be named. */
export type SyntaxProblem = { line: number | null; message: string }

/** Keeps the text whatever Liquid says of it, so that nothing is lost, and tells what is wrong. Throws `conflict`, `invalid`, `not_found`. */
export async function saveContentDraft(ctx: Ctx, raw: DraftInput): Promise<{ updatedAt: Date; problem: SyntaxProblem | null }> {
  const input = draftInput.parse(raw)
  const { first, liquid } = await startOf(ctx, input.kind, input.systemName)
  const { updatedAt } = await saveDraft(ctx, input, first)
  return { updatedAt, problem: liquid ? await checkSyntax(ctx.tenant.id, input.body, modeOf(input.kind)) : null }
}

/** Publishes the text if Liquid can read it. Throws `invalid` with `body` naming the line, and the line alone as `line`; `conflict`, `not_found`. */
export async function publishContent(ctx: Ctx, raw: DraftInput): Promise<{ updatedAt: Date }> {
  const input = draftInput.parse(raw)
  const { first, liquid } = await startOf(ctx, input.kind, input.systemName)
  const problem = liquid ? await checkSyntax(ctx.tenant.id, input.body, modeOf(input.kind)) : null
  if (problem) throw invalid({ body: [sentenceOf(problem)], ...(problem.line !== null && { line: [String(problem.line)] }) }, 'This cannot be published: Liquid cannot read it.')
  return publishTemplate(ctx, input, first)
}

/** The built-in text, or what is published of an own template, becomes the draft. Throws `not_found`, `conflict`. */
export async function resetContent(ctx: Ctx, raw: TemplateRef): Promise<{ updatedAt: Date; body: string }> {
  const ref = templateRef.parse(raw)
  return resetTemplate(ctx, ref, findBuiltIn(ref.kind, ref.systemName)?.source ?? null)
}

/** Throws `not_found`, `in_use`. */
export async function deleteContent(ctx: Ctx, raw: TemplateRef): Promise<void> {
  const ref = templateRef.parse(raw)
  await deleteTemplate(ctx, ref, { isBuiltIn: findBuiltIn(ref.kind, ref.systemName) !== null })
}

/** Throws `invalid` for a layout that does not exist; `not_found`, `conflict`. */
export async function editContent(ctx: Ctx, raw: TemplateSettingsInput): Promise<{ updatedAt: Date }> {
  const input = templateSettingsInput.parse(raw)
  if (input.layoutName) await assertLayout(ctx, input.layoutName)
  if (input.kind !== 'page' && input.layoutName !== undefined) throw new AppError('conflict', { publicMessage: 'Only pages stand in a layout.' })
  return editTemplate(ctx, input)
}

export async function assertLayout(ctx: Ctx, layoutName: string): Promise<void> {
  if (!(await listLayouts(ctx)).some(({ systemName }) => systemName === layoutName)) throw invalid({ layoutName: ['There is no such layout. Choose one from the list.'] })
}

export function sentenceOf({ line, message }: SyntaxProblem): string {
  return line === null ? message : `Line ${line}: ${message}`
}

/** What the first version of a built-in template begins with; nobody makes a template by saving one that exists nowhere. */
async function startOf(ctx: Ctx, kind: TemplateKind, systemName: string): Promise<{ first: FirstVersion; liquid: boolean }> {
  const builtIn = findBuiltIn(kind, systemName)
  const row = await findTemplate(ctx, kind, systemName)
  if (!builtIn && !row) throw notFound()
  return { first: { title: builtIn?.title ?? systemName, layoutName: builtInLayoutOf(kind, systemName) }, liquid: row?.liquid ?? true }
}

const modeOf = (kind: TemplateKind) => (kind === 'mail' ? 'mail' : 'page')
