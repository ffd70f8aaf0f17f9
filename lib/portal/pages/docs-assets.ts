import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notFound } from '@/lib/errors'
import { perProcess } from '@/lib/per-process'
import type { PortalRoute } from '@/lib/portal/portal-route'

/** The only files of swagger-ui-dist that a portal serves. */
const files = { 'swagger-ui-bundle.js': 'text/javascript; charset=utf-8', 'swagger-ui.css': 'text/css; charset=utf-8' } as const

type ViewerFile = keyof typeof files

type Viewer = { version: string; bytes: Record<ViewerFile, Uint8Array> }

/** The address of a file of the viewer, with a hash of them all: it may be kept for ever. */
export function viewerUrl(file: ViewerFile): string {
  return `/swagger-ui/${viewer().version}/${file}`
}

/** The viewer for documents, from our own origin. */
export const viewerRoutes: PortalRoute[] = [
  {
    method: 'GET',
    path: '/swagger-ui/:version/:file',
    who: 'anyone',
    async handle(_, { params }) {
      const name = Object.keys(files).find((file): file is ViewerFile => file === params.file)
      if (!name) throw notFound()
      const { version, bytes } = viewer()
      // An older address (a page that stood open during an update) gets today's file, but does not keep it.
      const cacheControl = params.version === version ? 'public, max-age=31536000, immutable' : 'no-cache'
      return { kind: 'content', contentType: files[name], body: bytes[name], headers: { 'cache-control': cacheControl } }
    },
  },
]

/** Read once, from the installed package: found from the working folder, since bundles move this file. */
function viewer(): Viewer {
  return perProcess('docsViewer', () => {
    const folder = join(process.cwd(), 'node_modules', 'swagger-ui-dist')
    const read = (file: ViewerFile) => new Uint8Array(readFileSync(join(folder, file)))
    const bytes = { 'swagger-ui-bundle.js': withoutMap(read('swagger-ui-bundle.js')), 'swagger-ui.css': withoutMap(read('swagger-ui.css')) }
    const version = createHash('sha256').update(bytes['swagger-ui-bundle.js']).update(bytes['swagger-ui.css']).digest('hex').slice(0, 16)
    return { version, bytes }
  })
}

/** Browsers with open tools would ask for a map that is not served. */
function withoutMap(bytes: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(bytes).replace(/\n?(\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ ?\*\/)\s*$/, '\n'))
}
