import type { Emitter } from 'liquidjs'
import { assertOutputFits } from './limits.ts'

/** Collects what templates print, up to 2 MB (LQ-1). */
export class BoundedEmitter implements Emitter {
  buffer = ''

  write(text: unknown): void {
    this.buffer += String(text ?? '')
    assertOutputFits(this.buffer.length)
  }
}
