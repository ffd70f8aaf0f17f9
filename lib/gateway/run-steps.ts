/**
 * A line of steps that waits only where it must: it yields a promise and gets what that becomes. The same text as an
 * async function, but where every step knows its answer already nothing is promised to anybody, which is what a call
 * costs least with.
 */
export type Steps<Value> = Generator<Promise<unknown>, Value, unknown>

/** What the line comes to: at once where it never had to wait. */
export function runSteps<Value>(steps: Steps<Value>): Value | Promise<Value> {
  const { done, value } = steps.next()
  return done ? value : goOn(steps, value)
}

async function goOn<Value>(steps: Steps<Value>, waitsFor: Promise<unknown>): Promise<Value> {
  for (let pending = waitsFor; ; ) {
    const step = await pending.then(
      (value) => steps.next(value),
      (error: unknown) => steps.throw(error),
    )
    if (step.done) return step.value
    pending = step.value
  }
}
