'use server'

import { deleteFile } from '@/lib/cms/delete-file'
import { hidePage } from '@/lib/cms/hide-page'
import { getFile, readFileBytes } from '@/lib/cms/queries'
import { editFile, saveFileText } from '@/lib/cms/save-file'
import { draftInput, fileRef, fileSettingsInput, fileTextInput, layoutInput, pageInput, partialInput, templateRef, templateSettingsInput } from '@/lib/cms/schema'
import { createContentLayout, createContentPage, createContentPartial } from '@/lib/portal/content/create-content'
import { getContent } from '@/lib/portal/content/list-content'
import { makePreviewLink } from '@/lib/portal/content/preview-link'
import { previewMail } from '@/lib/portal/content/preview-mail'
import { deleteContent, editContent, publishContent, resetContent, saveContentDraft } from '@/lib/portal/content/save-content'
import { adminAction } from '@/lib/request/admin-action'
import { idInput } from '@/lib/tenants/id-input'

const can = 'portal'

export const createPageAction = adminAction({ can, input: pageInput }, async (ctx, input) => {
  const { systemName } = await createContentPage(ctx, input)
  return { goTo: `/portal/content/page/${systemName}` }
})

export const createPartialAction = adminAction({ can, input: partialInput }, async (ctx, input) => {
  const { systemName } = await createContentPartial(ctx, input)
  return { goTo: `/portal/content/partial/${systemName}` }
})

export const createLayoutAction = adminAction({ can, input: layoutInput }, async (ctx, input) => {
  const { systemName } = await createContentLayout(ctx, input)
  return { goTo: `/portal/content/layout/${systemName}` }
})

/** The version as it now stands: what an editor shows whose own is older. */
export const readContentAction = adminAction({ can, input: templateRef }, (ctx, { kind, systemName }) => getContent(ctx, kind, systemName))

export const saveDraftAction = adminAction({ can, input: draftInput }, async (ctx, input) => {
  const { problem } = await saveContentDraft(ctx, input)
  return { content: await getContent(ctx, input.kind, input.systemName), problem }
})

export const publishAction = adminAction({ can, input: draftInput }, async (ctx, input) => {
  await publishContent(ctx, input)
  return { content: await getContent(ctx, input.kind, input.systemName) }
})

export const resetAction = adminAction({ can, input: templateRef }, async (ctx, input) => {
  await resetContent(ctx, input)
  return { content: await getContent(ctx, input.kind, input.systemName) }
})

export const hidePageAction = adminAction({ can, input: templateRef }, async (ctx, input) => {
  await hidePage(ctx, input)
  return { content: await getContent(ctx, input.kind, input.systemName) }
})

export const editSettingsAction = adminAction({ can, input: templateSettingsInput }, async (ctx, input) => {
  await editContent(ctx, input)
  return { content: await getContent(ctx, input.kind, input.systemName) }
})

export const deleteContentAction = adminAction({ can, input: templateRef }, (ctx, input) => deleteContent(ctx, input))

export const previewAction = adminAction({ can, input: templateRef.extend({ developerId: idInput.nullable().default(null) }) }, (ctx, input) => makePreviewLink(ctx, input))

export const previewMailAction = adminAction({ can, input: templateRef.pick({ systemName: true }) }, (ctx, input) => previewMail(ctx, input))

export const readFileTextAction = adminAction({ can, input: fileRef }, async (ctx, { fileId }) => {
  const { updatedAt } = await getFile(ctx, fileId)
  return { updatedAt, text: new TextDecoder().decode((await readFileBytes(ctx, fileId)) ?? new Uint8Array()) }
})

export const saveFileTextAction = adminAction({ can, input: fileTextInput }, (ctx, input) => saveFileText(ctx, input))

export const editFileAction = adminAction({ can, input: fileSettingsInput }, (ctx, input) => editFile(ctx, input))

export const deleteFileAction = adminAction({ can, input: fileRef }, (ctx, input) => deleteFile(ctx, input))
