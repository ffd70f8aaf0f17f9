import type { Emitter } from 'liquidjs'
import { LimitReached, liquidLimits } from './limits.ts'

/** Collects what templates print, up to 2 MB (LQ-1). */
export class BoundedEmitter implements Emitter {
  buffer = ''

  write(text: unknown): void {
    this.buffer += String(text ?? '')
    if (this.buffer.length > liquidLimits.outputMax) throw new LimitReached('output', 'This makes more than 2 MB of text.')
  }
}
