'use server'

import { invalid } from '@/lib/errors'
import { fetchDocument } from '@/lib/products/openapi/fetch-document'
import { planImport } from '@/lib/products/openapi/plan-import'
import { adminAction } from '@/lib/request/admin-action'
import { importInput } from './_input'

export const previewImportAction = adminAction({ can: 'products', input: importInput }, async (ctx, { productId, text, url, ...options }) => {
  if (!text?.trim() && !url) throw invalid({ text: ['Paste a document, choose a file, or give the address of one.'] })
  const document = text?.trim() ? { text } : await fetchDocument(url ?? '')
  return planImport(ctx, productId, document, options)
})
