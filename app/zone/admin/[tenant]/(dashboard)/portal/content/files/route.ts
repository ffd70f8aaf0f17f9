import { z } from 'zod'
import { saveFile } from '@/lib/cms/save-file'
import { invalid } from '@/lib/errors'
import { adminRoute } from '@/lib/request/admin-route'

const upload = z.object({
  path: z.string({ error: 'Give the file a path.' }),
  file: z.instanceof(File, { error: 'Choose a file.' }),
  replace: z.preprocess((value) => value === 'yes', z.boolean()),
})

/** Takes an uploaded file as a form with `path`, `file` and, to overwrite what is there, `replace=yes`. A route, not an action: the browser tells how far it is. */
export const POST = adminRoute({ can: 'portal', input: upload, body: 'form' }, async (ctx, { path, file, replace }) => {
  if (file.size === 0) throw invalid({ file: ['This file is empty.'] })
  const { id, path: at } = await saveFile(ctx, { path, bytes: new Uint8Array(await file.arrayBuffer()), replace })
  return { id, path: at }
})
