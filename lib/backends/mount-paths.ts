import type { TenantTx } from '@/lib/db/tenant-db'
import { invalid } from '@/lib/errors'
import { assertPattern, mountedPattern, patternLengthMax } from '@/lib/products/pattern'

/** Throws `invalid` where a rule would outgrow a pattern's length under one of the paths the backend is mounted on. */
export async function assertRulesFit(tx: Pick<TenantTx, 'backendUsage'>, backendId: bigint, patterns: string[]): Promise<void> {
  const usages = await tx.backendUsage.findMany({ where: { backendId }, select: { path: true } })
  for (const { path } of usages) for (const pattern of patterns) assertFits(path, pattern, 'pattern')
}

/** Throws `invalid` on `field` where the rule, read below the mount path, is too long or no pattern. */
export function assertFits(path: string, pattern: string, field: 'pattern' | 'path'): void {
  const whole = mountedPattern(path, pattern)
  if (whole.length > patternLengthMax) throw invalid({ [field]: [`Mounted under ${path}, the rule ${pattern} has more than ${patternLengthMax} characters.`] })
  assertPattern(whole)
}
