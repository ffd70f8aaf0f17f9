import type { LiquidValue } from './values.ts'

export type LiquidMode = 'page' | 'mail'

export type RenderInput = {
  tenantId: number
  /** By `pages/login/new`, `layouts/main_layout`, `partials/field`, `mails/account_confirmed`. Taken as immutable: hand the same object again and it is sent to a thread once. */
  templates: Record<string, string>
  page: string
  layout: string | null
  assigns: Record<string, LiquidValue>
  /** HTML-escape what `{{ }}` prints (4.1); mails never do. Typed text is escaped whatever this says (LQ-4). */
  escape: boolean
  form: { authenticityToken: string; path: string; query: string }
  mode: LiquidMode
}

export type LiquidProblem = { template: string; line: number | null; reason: string; kind: 'syntax' | 'render' | 'timeout' | 'memory' | 'output' }

export type RenderAnswer =
  /** `headers`: of the answer (`cache-control`), or of the mail (`subject`, `cc`, ..., `do_not_send`). `stored`: what `content_for` kept. `html` of mails: the text as markup. */
  | { ok: true; body: string; html?: string; headers: Record<string, string>; stored: Record<string, string> }
  | { ok: false; problem: LiquidProblem }

export type SyntaxProblem = { line: number | null; message: string }

/** What the pool hands to a thread. Templates travel once per thread and bundle. */
export type ThreadTask =
  | { kind: 'render'; bundle: string; templates: Record<string, string> | null; forget: string[]; input: Omit<RenderInput, 'templates'> }
  | { kind: 'check'; source: string; mode: LiquidMode }

export type ThreadReport = { kind: 'ready' } | { kind: 'done'; answer: RenderAnswer | SyntaxProblem | null; heapMb: number }
