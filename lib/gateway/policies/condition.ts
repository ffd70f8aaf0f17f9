import { PatternProblem, compileLinearPattern } from '@/lib/products/linear-pattern'
import type { LinearPattern } from '@/lib/products/linear-pattern'
import { compileTemplate } from '@/lib/products/policy-template'
import type { PolicyTemplate } from '@/lib/products/policy-template'
import type { ConditionConfiguration } from '@/lib/products/policy-schemas'

export type Comparison = { left: PolicyTemplate; op: '==' | '!=' | 'matches'; right: PolicyTemplate; pattern: LinearPattern | null }

/** Whether a policy's condition holds for a call; without a comparison it always does. */
export function compileCondition(condition: ConditionConfiguration | undefined): ((scope: object) => boolean) | null {
  if (!condition || condition.operations.length === 0) return null
  const comparisons = condition.operations.map(({ left, left_type, op, right, right_type }): Comparison => ({
    left: templateOf(left, left_type),
    op,
    right: templateOf(right, right_type),
    pattern: op === 'matches' && right_type === 'plain' ? compileLinearPattern(right) : null,
  }))
  const any = condition.combine_op === 'or'
  return (scope) => (any ? comparisons.some((each) => holds(each, each.left(scope), scope)) : comparisons.every((each) => holds(each, each.left(scope), scope)))
}

export function templateOf(text: string, type: 'plain' | 'liquid'): PolicyTemplate {
  return type === 'liquid' ? compileTemplate(text) : () => text
}

export function holds({ op, right, pattern }: Pick<Comparison, 'op' | 'right' | 'pattern'>, left: string, scope: object): boolean {
  if (op === '==') return left === right(scope)
  if (op === '!=') return left !== right(scope)
  return (pattern ?? patternOf(right(scope)))?.test(left) ?? false
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
