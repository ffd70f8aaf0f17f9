import type { Metadata } from 'next'
import { CrumbName } from '@/components/shell/crumb-names'
import { PageHeader } from '@/components/ui/page-header'
import { isEditable } from '@/lib/cms/file-types'
import { getFile, readFileBytes } from '@/lib/cms/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { FileDetails } from '../../_components/file-details'
import { FileEditor } from '../../_components/file-editor'

export const metadata: Metadata = { title: 'File' }

const editedBytesMax = 1024 * 1024
const shownBytesMax = 256 * 1024

export default async function FilePage({ params }: { params: Promise<{ portalFile: string }> }) {
  const ctx = await requireAdmin('portal')
  const fileId = pathId((await params).portalFile)
  const file = await pageData(getFile(ctx, fileId))
  const editable = isEditable(file.path) && file.size <= editedBytesMax
  // Raster images only: anything else of a tenant's has no business on the dashboard's own origin (UP-2).
  const shown = /^image\/(png|jpeg|gif|webp|avif|x-icon)$/.test(file.contentType) && file.size <= shownBytesMax
  const bytes = editable || shown ? await readFileBytes(ctx, fileId) : null
  const name = file.path.slice(file.path.lastIndexOf('/') + 1)
  const details = <FileDetails key={file.updatedAt.getTime()} file={file} url={`${await portalUrlOf(ctx.tenant)}${file.path}`} image={shown && bytes ? `data:${file.contentType};base64,${Buffer.from(bytes).toString('base64')}` : null} />
  return (
    <>
      <CrumbName path={`/portal/content/file/${file.id}`} name={name} />
      <PageHeader title={name} description="A file of your portal, served at its path." className="mb-4" />
      {editable && bytes ? (
        <div data-wide className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
          <FileEditor key={file.id} file={file} opened={new TextDecoder().decode(bytes)} />
          <aside aria-label="About this file" className="min-w-0">
            {details}
          </aside>
        </div>
      ) : (
        <div className="max-w-2xl">{details}</div>
      )}
    </>
  )
}
