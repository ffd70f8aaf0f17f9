/**
 * How much the policies of one call may work. They run in the thread that serves everybody: linear expressions and texts
 * without loops keep each step short, this keeps the sum of them short, whatever a tenant has put into a chain. Counted
 * in steps of an expression (10 to 20 ns) and not by the clock: on a busy machine a pause is nobody's fault. What runs is
 * synchronous, so one counter of the module is that of whoever is running.
 */
let left = Infinity

/** What one Liquid text counts for: about what the longest one takes. */
export const STEPS_PER_TEXT = 50_000

/** One without tags and filters, which the engine does not see. */
export const STEPS_PER_PLAIN_TEXT = 1_000

/** Runs `work` with so many steps left; gives how many are left after it. Expressions and texts in it end early when there are none. */
export function withinBudget(steps: number, work: () => void): number {
  const outer = left
  left = steps
  try {
    work()
    return left
  } finally {
    left = outer
  }
}

/** Takes steps from whoever is running. False where there are none left; outside of a call there always are. */
export function takeSteps(steps: number): boolean {
  left -= steps
  return left > 0
}
