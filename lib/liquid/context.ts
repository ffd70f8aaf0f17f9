import { Context, Drop as LiquidDrop, type Liquid, type Template } from 'liquidjs'
import { escapeHtml } from './escape.ts'
import type { RenderInput } from './job.ts'
import { LimitReached, liquidLimits } from './limits.ts'
import { isHash, LiquidList, LiquidRecord, LiquidText, PresentLiteral, textOf, wrap } from './wrap.ts'

/** What one render carries along: its order, its bounds, what tags leave for the answer. Shared by page, layout and partials. */
export type RenderJob = {
  input: Omit<RenderInput, 'templates'>
  /** The parsed template of a key, null if there is none. Throws for one that does not parse. */
  find: (key: string) => Template[] | null
  headers: Record<string, string>
  contentOf: Record<string, LiquidText>
  body: string
  startedAt: number
  /** Processor time of this thread when it began, in microseconds. */
  cpuBefore: number
  deadline: number
  includesDeep: number
  /** How many texts of developers were printed: a capture that saw one is marked. */
  typedPrinted: number
}

// Marks around what developers typed, in mails only: the HTML part must not link it (ML-1). Private-use characters.
export const TYPED_BEGIN = '\uE000'
export const TYPED_END = '\uE001'

const hidden = new Set(['constructor', '__proto__', 'prototype'])
const loopNames = new Set(['index', 'index0', 'rindex', 'rindex0', 'first', 'last', 'length', 'name', 'row', 'col', 'col0', 'col_first', 'col_last', 'parentloop'])

export function makeJob(input: Omit<RenderInput, 'templates'>, find: RenderJob['find']): RenderJob {
  const startedAt = performance.now()
  return {
    input,
    find,
    headers: {},
    contentOf: Object.create(null) as Record<string, LiquidText>,
    body: '',
    startedAt,
    cpuBefore: threadCpuMicros(),
    deadline: startedAt + liquidLimits.softMs,
    includesDeep: 0,
    typedPrinted: 0,
  }
}

export function threadCpuMicros(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/** liquidjs' scope with our way of reading properties (LQ-3), our printing (LQ-4) and our bounds (LQ-1). */
export class PortalContext extends Context {
  readonly job: RenderJob
  readonly #engine: Liquid
  /** Above zero while a filter runs: what it allocates is bounded by its result, a range in a tag by its length. */
  inFilter = 0

  constructor(engine: Liquid, job: RenderJob, scope: Record<string, unknown>) {
    // The second argument of the options is what liquidjs calls limiters; ours throw our errors.
    const globals = Object.assign(Object.create(null) as Record<string, unknown>, { present: new PresentLiteral() })
    super(scope, engine.options, { sync: true, globals }, { liquid: engine })
    this.job = job
    this.#engine = engine
    this.memoryLimit = { use: (count: number) => this.#assertCount(count), check: () => {} } as unknown as Context['memoryLimit']
    this.renderLimit = { use: () => {}, check: () => this.checkTime() } as unknown as Context['renderLimit']
  }

  get escapes(): boolean {
    return this.job.input.mode === 'page' && this.job.input.escape
  }

  /** A variable of the assigns, for tags that need data. */
  assigned(name: string): unknown {
    return wrap(Object.hasOwn(this.job.input.assigns, name) ? this.job.input.assigns[name] : undefined)
  }

  /** A dotted path from a value: `plan.name`. */
  readPath(from: unknown, path: string): unknown {
    return path.split('.').reduce((value, name) => this.readProperty(value as never, name), from)
  }

  override readProperty(from: unknown, name: unknown): unknown {
    const value = wrap(from)
    const key = name instanceof LiquidText ? name.text : name
    if (value === null || value === undefined || (typeof key !== 'string' && typeof key !== 'number') || hidden.has(String(key))) return undefined
    if (typeof value === 'string' || value instanceof LiquidText) return key === 'size' ? [...String(value)].length : undefined
    if (Array.isArray(value)) return readList(value, key)
    if (value instanceof LiquidRecord) return value.read(String(key))
    if (value instanceof LiquidDrop) return readLoop(value, String(key))
    if (!isHash(value)) return undefined
    const text = String(key)
    if (text.startsWith('$')) return undefined
    if (Object.hasOwn(value, text)) return wrap(value[text])
    return text === 'size' ? Object.keys(value).length : undefined
  }

  override spawn(scope: object = {}): PortalContext {
    return new PortalContext(this.#engine, this.job, scope as Record<string, unknown>)
  }

  /** What `{{ value }}` prints. */
  print(value: unknown): string {
    if (value === null || value === undefined || isHash(value)) return ''
    if (Array.isArray(value)) return value.map((item) => this.print(item)).join('')
    if (value instanceof LiquidText) {
      if (value.typed) this.job.typedPrinted++
      if (value.safe) return value.text
      return value.typed ? this.printTyped(value.text) : this.escapes ? escapeHtml(value.text) : value.text
    }
    if (value instanceof LiquidRecord) {
      if (value.text !== '') this.job.typedPrinted++
      return this.printTyped(value.text)
    }
    const text = textOf(value)
    return this.escapes ? escapeHtml(text) : text
  }

  printTyped(text: string): string {
    if (this.job.input.mode === 'page') return escapeHtml(text)
    const plain = text.replaceAll(TYPED_BEGIN, '').replaceAll(TYPED_END, '')
    return plain === '' ? '' : TYPED_BEGIN + plain + TYPED_END
  }

  checkTime(): void {
    const now = performance.now()
    const { job } = this
    if (now <= job.deadline) return
    const hadItsShare = (threadCpuMicros() - job.cpuBefore) / 1_000 >= liquidLimits.fairCpuMs
    if (hadItsShare || now - job.startedAt > liquidLimits.starvedMs) throw new LimitReached('timeout', `Rendering took longer than ${liquidLimits.wallMs / 1000} seconds here.`)
    job.deadline = now + 20
  }

  #assertCount(count: number): void {
    if (this.inFilter > 0) return
    if (count > liquidLimits.rangeMax) throw new LimitReached('render', `A range of ${String(count)} numbers is too long; ${liquidLimits.rangeMax.toLocaleString('en')} is the most.`)
  }
}

function readList(list: unknown[], key: string | number): unknown {
  const at = typeof key === 'number' ? key : /^-?\d+$/.test(key) ? Number(key) : null
  if (at !== null) return wrap(list.at(at))
  const found = list instanceof LiquidList ? list.byKey(String(key)) : undefined
  if (found !== undefined) return found
  return key === 'size' ? list.length : key === 'first' ? wrap(list[0]) : key === 'last' ? wrap(list.at(-1)) : key === 'empty?' ? list.length === 0 : undefined
}

function readLoop(loop: LiquidDrop, key: string): unknown {
  if (!loopNames.has(key)) return undefined
  const member: unknown = loop[key]
  return typeof member === 'function' ? (member.call(loop) as unknown) : member
}
