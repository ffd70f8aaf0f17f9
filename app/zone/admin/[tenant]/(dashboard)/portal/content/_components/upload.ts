export type UploadAnswer = { ok: true; id: number; path: string } | { ok: false; message: string; fields: Record<string, string[]> }

export const uploadBytesMax = 20 * 1024 * 1024

/** Sends a file and tells how far it is; `fetch` cannot. Who hangs up by `signal` has uploaded nothing. */
export function uploadFile(form: { path: string; file: File; replace: boolean }, onProgress: (sent: number, total: number) => void, signal: AbortSignal): Promise<UploadAnswer> {
  const body = new FormData()
  body.set('path', form.path)
  body.set('replace', form.replace ? 'yes' : 'no')
  body.set('file', form.file)
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const lost = { ok: false, message: 'We could not reach the server. Check your connection and try again.', fields: {} } as const
    request.open('POST', '/portal/content/files')
    request.setRequestHeader('x-csrf-token', document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onload = () => resolve(readAnswer(request.status, request.response))
    request.onerror = () => resolve(lost)
    request.onabort = () => resolve({ ...lost, message: 'The upload was cancelled.' })
    signal.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

function readAnswer(status: number, body: unknown): UploadAnswer {
  const { id, path, error } = (body ?? {}) as { id?: number; path?: string; error?: { message: string; fields?: Record<string, string[]> } }
  if (status === 200 && id !== undefined) return { ok: true, id, path: path ?? '' }
  if (status === 401) window.location.assign(`/sign-in?return_to=${encodeURIComponent(window.location.pathname + window.location.search)}`)
  if (status === 413) return { ok: false, message: 'A file has at most 20 MB.', fields: {} }
  return { ok: false, message: error?.message ?? 'The file could not be uploaded. Try again.', fields: error?.fields ?? {} }
}

const folders: [RegExp, string][] = [
  [/\.(png|jpe?g|gif|webp|avif|ico|svg)$/i, '/images/'],
  [/\.css$/i, '/css/'],
  [/\.m?js$/i, '/javascripts/'],
  [/\.(woff2?|ttf|otf)$/i, '/fonts/'],
]

/** Where a file of that name usually goes: `Große Datei.PNG` → `/images/grosse-datei.png`. */
export function suggestPath(name: string): string {
  const [, base = name, ending = ''] = /^(.*?)(\.[A-Za-z0-9]+)?$/.exec(name) ?? []
  const plain = base.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const kept = plain.replace(/[^a-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')
  return `${folders.find(([pattern]) => pattern.test(name))?.[1] ?? '/'}${kept || 'file'}${ending.toLowerCase()}`
}
