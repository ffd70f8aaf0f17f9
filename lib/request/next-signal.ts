import { unstable_rethrow } from 'next/navigation'

/** Next speaks through thrown signals (redirect, notFound, forbidden, bail-outs of rendering): doors let them pass. */
export function passNextSignals(error: unknown): void {
  unstable_rethrow(error)
}
