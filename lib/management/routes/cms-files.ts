import { z } from 'zod'
import { deleteFile } from '@/lib/cms/delete-file'
import { getFile, listFiles, type FileFacts } from '@/lib/cms/queries'
import { editFile, saveFile } from '@/lib/cms/save-file'
import { invalid } from '@/lib/errors'
import { answer, flag, text, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { pageFacts } from '@/lib/management/render-json'
import { collection } from '@/lib/management/routes/cms'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'cms', may: 'portal', formats: ['json'], tag: 'Portal content', errorNames: { file: 'attachment' }, strict: true } as const

const fileAnswer = z.object({ id: answer.id, created_at: answer.time, updated_at: answer.time, path: z.string(), title: z.string(), content_type: z.string(), file_size: z.number().int(), section_id: z.literal(1), downloadable: z.boolean(), url: z.string() })

const attachment = z.custom<File>((value) => value instanceof File, 'Send the file as a part of multipart/form-data.').meta({ document: { type: 'string', format: 'binary' } })
const settings = { path: text(255).optional(), downloadable: flag().optional(), section_id: wholeNumber(1).refine((value) => value === 1, 'There is one section, with the id 1.').optional(), attachment: attachment.optional() }

/** Files of the portal (reference portal 8.3): multipart, `attachment` holds the bytes. */
export const cmsFileRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/cms/files',
    summary: 'List the files of the portal',
    input: z.object({ section_id: wholeNumber(1).optional() }),
    paged: { size: 20, most: 100 },
    answers: collection(fileAnswer),
    async handle({ ctx, input, page }) {
      const all = (input.section_id ?? 1) === 1 ? await listFiles(ctx) : []
      const items = []
      for (const { id } of all.slice(page.skip, page.skip + page.take)) items.push(fileJson(await getFile(ctx, id)))
      return { collection: items, metadata: pageFacts(page, all.length) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/cms/files',
    summary: 'Upload a file, to be served at its path',
    input: z.object({ ...settings, path: text(255), attachment }),
    answers: { kind: 'bare', schema: fileAnswer, status: 201 },
    async handle({ ctx, input }) {
      const { id } = await saveFile(ctx, { path: input.path, bytes: await bytesOf(input.attachment), downloadable: input.downloadable })
      return read(ctx, id)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/cms/files/:file_id',
    summary: 'Read a file’s facts',
    input: z.object({}),
    answers: { kind: 'bare', schema: fileAnswer },
    handle: ({ ctx, ids }) => read(ctx, ids.file_id!),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/cms/files/:file_id',
    summary: 'Change a file: its path, its bytes, whether browsers download it',
    input: z.object(settings),
    answers: { kind: 'bare', schema: fileAnswer },
    async handle({ ctx, ids, input }) {
      const fileId = ids.file_id!
      const { path, downloadable, attachment: file } = input
      if (path !== undefined && file !== undefined && path !== (await getFile(ctx, fileId)).path) throw invalid({ path: ['Change the path and the bytes one after the other.'] })
      if (path !== undefined || downloadable !== undefined) await editFile(ctx, { fileId, path, downloadable })
      if (file) await saveFile(ctx, { path: (await getFile(ctx, fileId)).path, bytes: await bytesOf(file), replace: true })
      return read(ctx, fileId)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/cms/files/:file_id',
    summary: 'Delete a file: its path answers 404 from now on',
    input: z.object({}),
    answers: { kind: 'nothing' },
    handle: ({ ctx, ids }) => deleteFile(ctx, { fileId: ids.file_id! }),
  }),
]

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer())
}

async function read(ctx: Ctx, fileId: bigint) {
  return fileJson(await getFile(ctx, fileId))
}

function fileJson({ id, path, contentType, size, downloadable, createdAt, updatedAt }: FileFacts) {
  return { id, created_at: createdAt, updated_at: updatedAt, path, title: path.slice(path.lastIndexOf('/') + 1), content_type: contentType, file_size: size, section_id: 1, downloadable, url: path }
}
