import { pathProblem } from '@/lib/cms/content-path'
import { serveFile } from '@/lib/cms/serve-file'
import { coloursCss } from '@/lib/cms/theme-settings'
import { notFound } from '@/lib/errors'
import { coloursPath, hashOf, loadBrand } from '@/lib/portal/assigns/theme-drop'
import { findBuiltInAsset } from '@/lib/portal/built-in'
import { makeReply, type PortalReply } from '@/lib/portal/portal-reply'
import type { PortalRequest, Visit } from '@/lib/portal/portal-route'
import { renderTemplate } from '@/lib/portal/render-portal-page'
import { openTemplates } from '@/lib/portal/templates'

const forEver = 'public, max-age=31536000, immutable'
const askAgain = 'public, max-age=0, must-revalidate'

/**
 * Whatever no route of ours answers (reference portal 3.2): the tenant's file, the tenant's page, then a file of the
 * theme, which a tenant may so replace by one of its own. Else `not_found`.
 */
export async function serveContent(visit: Visit, request: PortalRequest): Promise<PortalReply> {
  const path = decodePath(request.path)
  // LQ-5: what is ours stays ours, whatever stands in the table.
  const own = pathProblem(path) === null ? await serveOwn(visit, request, path) : null
  if (own) return own
  const asset = path === coloursPath ? await coloursAsset(visit) : findBuiltInAsset(path)
  if (!asset) throw notFound()
  return makeReply({ status: 200, headers: { 'content-type': asset.contentType, etag: `"${asset.hash}"`, 'cache-control': request.query.get('v') === asset.hash ? forEver : askAgain }, body: asset.bytes })
}

async function serveOwn(visit: Visit, request: PortalRequest, path: string): Promise<PortalReply | null> {
  const file = await serveFile(visit.ctx, path, request.ifNoneMatch ?? null)
  if (file) {
    // The length is the answer's business: HEAD and 304 have none.
    const { 'content-length': _length, ...headers } = file.headers
    const isNamedByHash = request.query.get('v') === headers.etag?.slice(1, 17)
    return makeReply({ status: file.status, headers: isNamedByHash ? { ...headers, 'cache-control': forEver } : headers, body: file.body ?? '' })
  }
  const store = await openTemplates(visit)
  const page = store.findByPath(path)
  return page && renderTemplate(visit, request, store, page)
}

async function coloursAsset(visit: Visit): Promise<{ contentType: string; bytes: string; hash: string }> {
  const css = coloursCss((await loadBrand(visit)).settings)
  return { contentType: 'text/css; charset=utf-8', bytes: css, hash: hashOf(css) }
}

function decodePath(path: string): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  try {
    return decodeURIComponent(bare)
  } catch {
    throw notFound()
  }
}
