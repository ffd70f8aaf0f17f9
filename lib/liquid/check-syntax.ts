import type { LiquidMode, SyntaxProblem } from '@/lib/liquid/job'
import { liquidPool } from '@/lib/liquid/render'

/** The first mistake of a template in plain words, null if it is good: `{ line: 12, message: '`{% if %}` is never closed. Add `{% endif %}`.' }`. Throws `busy`. */
export async function checkSyntax(tenantId: bigint, source: string, mode: LiquidMode): Promise<SyntaxProblem | null> {
  // A turn of its own beside the tenant's pages: a page that burns its time must not keep its own cure from being
  // published, and one tenant's editors never wait for another's (LQ-1).
  return (await liquidPool().run(-Number(tenantId), { kind: 'check', source, mode })) as SyntaxProblem | null
}
