/**
 * How long the policies of one call may work. They run in the thread that serves everybody: linear expressions and texts
 * without loops keep each step short, this keeps the sum of them short, whatever a tenant has put into a chain. What
 * runs is synchronous, so one deadline of the module is that of whoever is running.
 */
let deadline = Infinity

/** Runs `work` with so much time left; gives what it took, in milliseconds. Expressions and texts in it end early when the time is over. */
export function withinBudget(leftMs: number, work: () => void): number {
  const began = performance.now()
  const outer = deadline
  deadline = Math.min(outer, began + leftMs)
  try {
    work()
  } finally {
    deadline = outer
  }
  return performance.now() - began
}

/** Milliseconds left to whoever is running; Infinity outside of a call. */
export function budgetLeftMs(): number {
  return deadline === Infinity ? Infinity : deadline - performance.now()
}
