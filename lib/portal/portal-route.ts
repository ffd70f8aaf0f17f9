import type { LiquidValue } from '@/lib/liquid/values'
import type { Ctx } from '@/lib/tenants/context'
import type { PortalSettings } from '@/lib/tenants/portal-settings'

/** Who came to which tenant's portal: built once at the door (lib/request) and handed on. */
export type Visit = {
  /** Its actor is a developer or a visitor. */
  ctx: Ctx
  settings: PortalSettings
  developer: VisitingDeveloper | null
  /** Scheme and host of this portal, of the stored host (ZONE-5): `https://developer.acme.com`. */
  origin: string
  /** For hidden fields and headers: bound to the session, before sign-in to a cookie of this browser (CSRF-1, CSRF-2). */
  csrfToken: string
  /** What the last answer left to say; shown once. */
  flash: Flash[]
  userAgent: string
  /** Templates as drafts, shown by a signed token that makes no session (CSP-2). */
  preview: boolean
}

export type VisitingDeveloper = { id: bigint; accountId: bigint; name: string; email: string; role: 'admin' | 'member'; sessionId: bigint; stepUpAt: Date | null }

export type Flash = { type: 'success' | 'info' | 'warning' | 'danger'; text: string }

/** Form fields by their Rails names: `account[user][email]` is `form.account.user.email`, `plan_ids[]` a list. */
export type FormTree = { [name: string]: string | string[] | FormTree }

export type PortalRequest = {
  /** Of a form with the hidden field `_method`: that one. */
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  /** Of the route's path, decoded: `/admin/applications/:id`. */
  params: Record<string, string>
  query: URLSearchParams
  form: FormTree
  /** JSON of a script of ours, e.g. the docs' try-it; undefined for forms. */
  json: unknown
  /** What the browser has already: the header `If-None-Match`. */
  ifNoneMatch?: string | null
}

/** What a route answers; how that becomes HTML, headers and cookies is the door's business. */
export type PortalAnswer =
  | { kind: 'page'; page: string; status?: number; title?: string; assigns?: Record<string, LiquidValue>; flash?: Flash; headers?: Record<string, string> }
  | { kind: 'redirect'; to: string; flash?: Flash; session?: SessionChange }
  | { kind: 'json'; status?: number; body: unknown; headers?: Record<string, string> }
  | { kind: 'content'; status?: number; contentType: string; body: string | Uint8Array; headers?: Record<string, string> }

/** A new session id for the cookie, or the end of it. Without `remember` the browser forgets it when it is closed. */
export type SessionChange = { sid: string; remember?: boolean } | 'end'

export type PortalRoute = {
  method: PortalRequest['method']
  /** As in the reference, `:name` for one segment. */
  path: string
  /** `developer`: signed in, else to /login and back; `account_admin`: an admin of the account, else the forbidden page. */
  who: 'anyone' | 'developer' | 'account_admin'
  /** Throws `AppError`s: `not_found` becomes the not-found page, `forbidden` the forbidden page. */
  handle: (visit: Visit, request: PortalRequest) => Promise<PortalAnswer>
}
