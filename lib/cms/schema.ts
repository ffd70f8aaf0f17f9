import { z } from 'zod'
import { normalPath, pathProblem } from '@/lib/cms/content-path'
import { idInput } from '@/lib/tenants/id-input'

export const templateKinds = ['layout', 'page', 'partial', 'mail'] as const
export type TemplateKind = (typeof templateKinds)[number]

/** What a page of one's own may say that it is. */
export const pageContentTypes = ['text/html', 'text/plain', 'text/css', 'text/javascript', 'application/json', 'application/xml', 'application/rss+xml'] as const

export const cmsBounds = { bodyBytesMax: 256 * 1024, fileBytesMax: 20 * 1024 * 1024, templatesMax: 1000, textsBytesMax: 8 * 1024 * 1024, filesMax: 1000, filesBytesMax: 500 * 1024 * 1024 }

const systemName = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, 'Give it a system name.')
  .max(100, 'Use at most 100 characters.')
  .regex(/^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/, 'Use small letters, digits, _ and -, with / between parts: shared/footer.')
const title = z.string().trim().min(1, 'Give it a title.').max(200, 'Use at most 200 characters.')
const body = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= cmsBounds.bodyBytesMax, 'A template has at most 256 KB. Move scripts, styles and data into files.')
  .refine((text) => !text.includes('\0'), 'The text holds a NUL character. Remove it.')

/** A path that may be taken, in its one spelling. */
export const contentPath = z.string({ error: 'Begin the path with /.' }).transform((text, context) => {
  const path = normalPath(text)
  const problem = pathProblem(path)
  if (problem) context.addIssue({ code: 'custom', message: problem })
  return path
})

const layoutName = z.preprocess((value) => (value === '' ? null : value), z.string().max(100).nullable())
const contentType = z.enum(pageContentTypes, { error: 'Choose a type from the list.' })

/** A template by its name; a built-in one that the tenant never touched has no row. */
export const templateRef = z.object({ kind: z.enum(templateKinds), systemName: z.string().min(1).max(100) })
export type TemplateRef = z.input<typeof templateRef>

/** When the version began from that an editor holds: `updatedAt` of the row, null where there was none. */
const basedOn = z.preprocess((value) => (value === '' || value === undefined ? null : value), z.coerce.date().nullable())

export const draftInput = templateRef.extend({ body, basedOn })
export type DraftInput = z.input<typeof draftInput>

export const pageInput = z.object({ title, path: contentPath, layoutName: layoutName.default('main_layout'), contentType: contentType.default('text/html') })
export type PageInput = z.input<typeof pageInput>

export const partialInput = z.object({ systemName })
export type PartialInput = z.input<typeof partialInput>

export const layoutInput = z.object({ title, systemName })
export type LayoutInput = z.input<typeof layoutInput>

/** What of a template is no text. Path, content type and Liquid belong to pages of the tenant's own. */
export const templateSettingsInput = templateRef.extend({
  title: title.optional(),
  path: contentPath.optional(),
  layoutName: layoutName.optional(),
  contentType: contentType.optional(),
  liquid: z.boolean().optional(),
  basedOn,
})
export type TemplateSettingsInput = z.input<typeof templateSettingsInput>

export const fileRef = z.object({ fileId: idInput })
export type FileRef = z.input<typeof fileRef>

export const fileTextInput = fileRef.extend({ text: z.string(), basedOn })
export type FileTextInput = z.input<typeof fileTextInput>

export const fileSettingsInput = fileRef.extend({ path: contentPath.optional(), downloadable: z.boolean().optional() })
export type FileSettingsInput = z.input<typeof fileSettingsInput>
