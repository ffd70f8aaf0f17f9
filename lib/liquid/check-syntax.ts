import type { LiquidMode, SyntaxProblem } from '@/lib/liquid/job'
import { liquidPool } from '@/lib/liquid/render'

// Editors of all tenants take turns as one; parsing is bounded and quick.
const EDITORS = 0

/** The first mistake of a template in plain words, null if it is good: `{ line: 12, message: '`{% if %}` is never closed. Add `{% endif %}`.' }`. Throws `busy`. */
export async function checkSyntax(source: string, mode: LiquidMode): Promise<SyntaxProblem | null> {
  return (await liquidPool().run(EDITORS, { kind: 'check', source, mode })) as SyntaxProblem | null
}
