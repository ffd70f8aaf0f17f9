/** What a template may cost (LQ-1). The thread's memory and wall clock are the last word; the other bounds say which line it was. */
export const liquidLimits = {
  /** Heap of a rendering thread, in MB. */
  heapMb: 128,
  /** A render that has not ended by then is killed with its thread. */
  wallMs: 500,
  /** A render notices itself that its time is over a little earlier, so that the tenant learns the line. */
  softMs: 400,
  /** On a machine that is busy with other things a render that has not had this much of the processor yet may go on, */
  fairCpuMs: 250,
  /** but no longer than this by the clock. */
  starvedMs: 2_000,
  /** Bytes of a page, characters of any text made on the way. */
  outputMax: 2 * 1024 * 1024,
  /** Tags within tags, partials within partials. */
  nestingMax: 100,
  includesDeepMax: 100,
  rangeMax: 10_000,
  /** Items of any list a filter makes. */
  listMax: 100_000,
  /** Characters of one template (LQ-2). */
  sourceMax: 256 * 1024,
} as const

export type LimitKind = 'render' | 'timeout' | 'memory' | 'output'

/** A bound of `liquidLimits` was reached; the message is for the tenant. */
export class LimitReached extends Error {
  readonly kind: LimitKind

  constructor(kind: LimitKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** For a text that leaves the thread, page or not. */
export function assertOutputFits(length: number): void {
  if (length > liquidLimits.outputMax) throw new LimitReached('output', 'This makes more than 2 MB of text.')
}
