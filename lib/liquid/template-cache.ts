import type { Template } from 'liquidjs'
import type { LiquidMode } from './job.ts'
import type { ParsedTemplate } from './parse.ts'

/** A parsed template weighs a good kilobyte a node: together they may take about a quarter of the thread's memory. */
const NODES_MAX = 24_000
const NODES_OF_ONE_MAX = 6_000

/** Parsed templates of one thread, by tenant and content (LQ-2: what one tenant has parsed no other tenant is given). The least recently used go first. */
export class TemplateCache {
  readonly #parsed = new Map<string, ParsedTemplate>()
  #nodes = 0

  get(tenantId: number, mode: LiquidMode, name: string, source: string, parse: () => ParsedTemplate): Template[] {
    // The whole source is the key: no hash to collide, and the tokens hold it anyway.
    const key = `${tenantId}\n${mode}\n${name}\n${source}`
    const known = this.#parsed.get(key)
    if (known) {
      this.#parsed.delete(key)
      this.#parsed.set(key, known)
      return known.templates
    }
    const made = parse()
    if (made.nodes <= NODES_OF_ONE_MAX) {
      this.#parsed.set(key, made)
      this.#nodes += made.nodes
      for (const [oldest, { nodes }] of this.#parsed) {
        if (this.#nodes <= NODES_MAX) break
        this.#parsed.delete(oldest)
        this.#nodes -= nodes
      }
    }
    return made.templates
  }

  get size(): number {
    return this.#parsed.size
  }
}
