import { PatternProblem, compileLinearPattern } from '@/lib/products/linear-pattern'
import type { LinearPattern } from '@/lib/products/linear-pattern'
import { compileTemplate } from '@/lib/products/policy-template'
import type { ConditionConfiguration } from '@/lib/products/policy-schemas'
import type { PolicyRun } from '@/lib/gateway/policies/policy-run'

/** A value of a policy for one call. A plain one never has variables made for it. */
export type PolicyText = (run: PolicyRun) => string

export type Comparison = { left: PolicyText; op: '==' | '!=' | 'matches'; right: PolicyText; pattern: LinearPattern | null }

/** Whether a policy's condition holds for a call; without a comparison it always does. */
export function compileCondition(condition: ConditionConfiguration | undefined): ((run: PolicyRun) => boolean) | null {
  if (!condition || condition.operations.length === 0) return null
  const comparisons = condition.operations.map(({ left, left_type, op, right, right_type }): Comparison => ({
    left: textOf(left, left_type),
    op,
    right: textOf(right, right_type),
    pattern: op === 'matches' && right_type === 'plain' ? compileLinearPattern(right) : null,
  }))
  const any = condition.combine_op === 'or'
  return (run) => (any ? comparisons.some((each) => holds(each, each.left(run), run)) : comparisons.every((each) => holds(each, each.left(run), run)))
}

export function textOf(text: string, type: 'plain' | 'liquid'): PolicyText {
  if (type === 'plain') return () => text
  const template = compileTemplate(text)
  return (run) => template(run.scope)
}

export function holds({ op, right, pattern }: Pick<Comparison, 'op' | 'right' | 'pattern'>, left: string, run: PolicyRun): boolean {
  if (op === '==') return left === right(run)
  if (op === '!=') return left !== right(run)
  return (pattern ?? patternOf(right(run)))?.test(left) ?? false
}

/** An expression that only the call makes; it costs time linear in both texts. Null where it makes none. */
function patternOf(source: string): LinearPattern | null {
  try {
    return compileLinearPattern(source)
  } catch (error) {
    if (error instanceof PatternProblem) return null
    throw error
  }
}
