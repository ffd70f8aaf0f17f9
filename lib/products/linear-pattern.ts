import { takeSteps } from '@/lib/products/policy-budget'

/**
 * Regular expressions of tenants, matched in time linear in the text (Thompson's construction, run as Pike's machine):
 * every position is looked at once for every instruction, whatever the expression. JavaScript's own engine backtracks,
 * and `(a+)+$` in a policy would let one caller stop the gateway of everybody. What needs backtracking by its nature
 * (back-references, look-around) is refused when it is saved.
 */
export type LinearPattern = {
  /** Number of capturing groups. */
  groups: number
  /** Start and end of the match and of each group (-1: took no part), or null. The leftmost match from `from` on; none where the policies of the call have used up their steps. */
  exec(text: string, from?: number): number[] | null
  test(text: string): boolean
}

/** What is wrong with an expression, as a sentence for whoever wrote it. */
export class PatternProblem extends Error {}

const SOURCE_MAX = 500
const PROGRAM_MAX = 2_000
const DEPTH_MAX = 50
/** So many steps between two looks at what is left. */
const STEPS_PER_LOOK = 4_096

/** Throws `PatternProblem`. `options` are APIcast's letters: `i` ignores case; `j`, `o`, `a`, `u` and the like change nothing here. */
export function compileLinearPattern(source: string, options = ''): LinearPattern {
  if (source.length > SOURCE_MAX) throw new PatternProblem(`Use at most ${SOURCE_MAX} characters.`)
  if (/[^ijoadDuU]/.test(options)) throw new PatternProblem('Of the options only i (ignore case), j, o and a are known.')
  const parser = new Parser(source, options.includes('i'))
  const tree = parser.parse()
  const program: Instruction[] = []
  emit({ kind: 'group', item: tree, index: 0 }, program)
  program.push({ op: 'match' })
  const groups = parser.groups
  return {
    groups,
    exec: (text, from = 0) => run(program, groups, text, from),
    test: (text) => run(program, groups, text, 0) !== null,
  }
}

type Test = (code: number) => boolean

type Node =
  | { kind: 'empty' }
  | { kind: 'char'; test: Test }
  | { kind: 'cat' | 'alt'; items: Node[] }
  | { kind: 'repeat'; item: Node; min: number; max: number; greedy: boolean }
  | { kind: 'group'; item: Node; index: number | null }
  | { kind: 'assert'; what: 'start' | 'end' | 'word' | 'inside' }

type Instruction =
  | { op: 'char'; test: Test }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'save'; slot: number }
  | { op: 'assert'; what: 'start' | 'end' | 'word' | 'inside' }
  | { op: 'match' }

const isDigit: Test = (code) => code >= 48 && code <= 57
const isWord: Test = (code) => isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isSpace: Test = (code) => code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff
const not = (test: Test): Test => (code) => !test(code)
const classes: Record<string, Test> = { d: isDigit, D: not(isDigit), w: isWord, W: not(isWord), s: isSpace, S: not(isSpace), h: (code) => code === 9 || code === 32 }
const controls: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }

class Parser {
  groups = 0
  readonly #source: string
  readonly #ignoreCase: boolean
  #at = 0
  #depth = 0

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source
    this.#ignoreCase = ignoreCase
  }

  parse(): Node {
    const tree = this.#alternatives()
    if (this.#at < this.#source.length) throw new PatternProblem('There is a ) too many.')
    return tree
  }

  #alternatives(): Node {
    if (++this.#depth > DEPTH_MAX) throw new PatternProblem('There are too many groups within groups.')
    const items = [this.#sequence()]
    while (this.#take('|')) items.push(this.#sequence())
    this.#depth--
    return items.length === 1 ? items[0]! : { kind: 'alt', items }
  }

  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')')) items.push(this.#repeated())
    return items.length === 1 ? items[0]! : { kind: 'cat', items }
  }

  #repeated(): Node {
    const item = this.#atom()
    const range = this.#range()
    if (!range) return item
    if (item.kind === 'assert') throw new PatternProblem('An anchor cannot be repeated.')
    const greedy = !this.#take('?')
    if (this.#sees('+')) throw new PatternProblem('Possessive repetition (++, *+) is not understood here. Leave out the second +.')
    if (this.#range()) throw new PatternProblem('There is a repetition of a repetition. Put the first one into a group.')
    return { kind: 'repeat', item, ...range, greedy }
  }

  #range(): { min: number; max: number } | null {
    if (this.#take('*')) return { min: 0, max: Infinity }
    if (this.#take('+')) return { min: 1, max: Infinity }
    if (this.#take('?')) return { min: 0, max: 1 }
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#source.slice(this.#at))
    if (!braces) return null
    this.#at += braces[0].length
    const min = Number(braces[1])
    const max = braces[2] === undefined ? min : braces[3] ? Number(braces[3]) : Infinity
    if (max < min) throw new PatternProblem('The numbers of a repetition stand the wrong way round.')
    return { min, max }
  }

  #atom(): Node {
    const char = this.#source[this.#at++]!
    if (char === '(') return this.#group()
    if (char === '[') return { kind: 'char', test: this.#set() }
    if (char === '.') return { kind: 'char', test: (code) => code !== 10 && code !== 13 }
    if (char === '^') return { kind: 'assert', what: 'start' }
    if (char === '$') return { kind: 'assert', what: 'end' }
    if (char === '\\') return this.#escaped()
    if (char === '*' || char === '+' || char === '?') throw new PatternProblem(`There is nothing before the ${char} to repeat. Write \\${char} for the character itself.`)
    return this.#literal(char.charCodeAt(0))
  }

  #group(): Node {
    let index: number | null = null
    if (this.#take('?')) {
      if (/^(<?[=!])/.test(this.#source.slice(this.#at))) throw new PatternProblem('Look-ahead and look-behind are not understood here: they cannot be matched in bounded time.')
      if (!this.#take(':')) {
        const name = /^P?<[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at))
        if (!name) throw new PatternProblem('This kind of group is not understood here. Use ( ) or (?: ).')
        this.#at += name[0].length
        index = ++this.groups
      }
    } else index = ++this.groups
    const item = this.#alternatives()
    if (!this.#take(')')) throw new PatternProblem('There is a ( without its ).')
    return { kind: 'group', item, index }
  }

  #escaped(): Node {
    const char = this.#source[this.#at]
    if (char === undefined) throw new PatternProblem('The expression ends with a \\. Write \\\\ for the character itself.')
    if (char === 'b' || char === 'B') {
      this.#at++
      return { kind: 'assert', what: char === 'b' ? 'word' : 'inside' }
    }
    if (char === 'A' || char === 'z' || char === 'Z') {
      this.#at++
      return { kind: 'assert', what: char === 'A' ? 'start' : 'end' }
    }
    if (/[1-9k]/.test(char)) throw new PatternProblem('Back-references (\\1) are not understood here: they cannot be matched in bounded time.')
    const one = this.#escape()
    return typeof one === 'number' ? this.#literal(one) : { kind: 'char', test: one }
  }

  /** After a backslash: a class, or the code of one character. */
  #escape(): Test | number {
    const char = this.#source[this.#at++]!
    const test = classes[char]
    if (test) return test
    if (char === 'x' || char === 'u') {
      const digits = (char === 'x' ? /^[0-9A-Fa-f]{2}/ : /^[0-9A-Fa-f]{4}/).exec(this.#source.slice(this.#at))
      if (!digits) throw new PatternProblem(`After \\${char} come ${char === 'x' ? 'two' : 'four'} hexadecimal digits.`)
      this.#at += digits[0].length
      return parseInt(digits[0], 16)
    }
    if (controls[char] !== undefined) return controls[char]
    if (/[A-Za-z0-9]/.test(char)) throw new PatternProblem(`\\${char} is not understood here.`)
    return char.charCodeAt(0)
  }

  #set(): Test {
    const negated = this.#take('^')
    const tests: Test[] = []
    for (let first = true; ; first = false) {
      if (this.#at >= this.#source.length) throw new PatternProblem('There is a [ without its ].')
      if (!first && this.#take(']')) break
      if (this.#source.startsWith('[:', this.#at)) throw new PatternProblem('Named classes like [:alpha:] are not understood here. Write [A-Za-z].')
      const from = this.#setItem()
      if (typeof from === 'number' && this.#sees('-') && this.#source[this.#at + 1] !== ']' && this.#at + 1 < this.#source.length) {
        this.#at++
        const to = this.#setItem()
        if (typeof to !== 'number' || to < from) throw new PatternProblem('A range in [ ] stands the wrong way round.')
        tests.push(this.#folded((code) => code >= from && code <= to))
      } else tests.push(typeof from === 'number' ? this.#folded((code) => code === from) : from)
    }
    return (code) => tests.some((test) => test(code)) !== negated
  }

  #setItem(): Test | number {
    const char = this.#source[this.#at++]!
    if (char !== '\\') return char.charCodeAt(0)
    if (this.#at >= this.#source.length) throw new PatternProblem('There is a [ without its ].')
    if (this.#sees('b')) {
      this.#at++
      return 8
    }
    return this.#escape()
  }

  #literal(wanted: number): Node {
    return { kind: 'char', test: this.#folded((code) => code === wanted) }
  }

  #folded(test: Test): Test {
    if (!this.#ignoreCase) return test
    return (code) => test(code) || (code >= 65 && code <= 90 && test(code + 32)) || (code >= 97 && code <= 122 && test(code - 32))
  }

  #sees(char: string): boolean {
    return this.#source[this.#at] === char
  }

  #take(char: string): boolean {
    if (!this.#sees(char)) return false
    this.#at++
    return true
  }
}

function emit(node: Node, program: Instruction[]): void {
  if (program.length > PROGRAM_MAX) throw new PatternProblem('The expression is too large. Use smaller numbers in { }.')
  switch (node.kind) {
    case 'empty':
      return
    case 'char':
      program.push({ op: 'char', test: node.test })
      return
    case 'assert':
      program.push({ op: 'assert', what: node.what })
      return
    case 'cat':
      for (const item of node.items) emit(item, program)
      return
    case 'group':
      if (node.index !== null) program.push({ op: 'save', slot: 2 * node.index })
      emit(node.item, program)
      if (node.index !== null) program.push({ op: 'save', slot: 2 * node.index + 1 })
      return
    case 'alt':
      emitAlternatives(node.items, program)
      return
    case 'repeat':
      emitRepeat(node, program)
  }
}

function emitAlternatives(items: Node[], program: Instruction[]): void {
  const jumps: { op: 'jump'; to: number }[] = []
  for (const [index, item] of items.entries()) {
    if (index === items.length - 1) {
      emit(item, program)
      break
    }
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    program.push(split)
    emit(item, program)
    const jump = { op: 'jump' as const, to: 0 }
    program.push(jump)
    jumps.push(jump)
    split.second = program.length
  }
  for (const jump of jumps) jump.to = program.length
}

function emitRepeat({ item, min, max, greedy }: Extract<Node, { kind: 'repeat' }>, program: Instruction[]): void {
  for (let i = 0; i < min; i++) emit(item, program)
  const fork = (): { op: 'split'; first: number; second: number } => {
    const split = { op: 'split' as const, first: program.length + 1, second: program.length + 1 }
    program.push(split)
    return split
  }
  const leave = (split: { first: number; second: number }) => {
    if (greedy) split.second = program.length
    else split.first = program.length
  }
  if (max === Infinity) {
    const start = program.length
    const split = fork()
    emit(item, program)
    program.push({ op: 'jump', to: start })
    leave(split)
    return
  }
  const splits: { first: number; second: number }[] = []
  for (let i = min; i < max; i++) {
    splits.push(fork())
    emit(item, program)
  }
  for (const split of splits) leave(split)
}

type Thread = { pc: number; slots: number[] }

function run(program: readonly Instruction[], groups: number, text: string, from: number): number[] | null {
  const seen = new Int32Array(program.length).fill(-1)
  let current: Thread[] = []
  let next: Thread[] = []
  let matched: number[] | null = null
  const empty = new Array<number>(2 * groups + 2).fill(-1)

  const follow = (threads: Thread[], pc: number, slots: number[], at: number): void => {
    for (;;) {
      if (seen[pc] === at) return
      seen[pc] = at
      const instruction = program[pc]!
      if (instruction.op === 'jump') pc = instruction.to
      else if (instruction.op === 'split') {
        follow(threads, instruction.first, slots, at)
        pc = instruction.second
      } else if (instruction.op === 'save') {
        slots = slots.slice()
        slots[instruction.slot] = at
        pc++
      } else if (instruction.op === 'assert') {
        if (!holds(instruction.what, text, at)) return
        pc++
      } else {
        threads.push({ pc, slots })
        return
      }
    }
  }

  let steps = 0
  for (let at = from; at <= text.length; at++) {
    steps += current.length + 1
    if (steps > STEPS_PER_LOOK) {
      if (!takeSteps(steps)) return null
      steps = 0
    }
    // The leftmost match wins: no new beginning once there is one.
    if (!matched) follow(current, 0, empty, at)
    if (current.length === 0 && matched) break
    const code = at < text.length ? text.charCodeAt(at) : -1
    for (const { pc, slots } of current) {
      const instruction = program[pc]!
      if (instruction.op === 'match') {
        matched = slots
        // What comes after in the list is less preferred.
        break
      }
      if (instruction.op === 'char' && code !== -1 && instruction.test(code)) follow(next, pc + 1, slots, at + 1)
    }
    ;[current, next] = [next, current]
    next.length = 0
  }
  takeSteps(steps)
  return matched
}

function holds(what: 'start' | 'end' | 'word' | 'inside', text: string, at: number): boolean {
  if (what === 'start') return at === 0
  if (what === 'end') return at === text.length
  const edge = (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)))
  return edge === (what === 'word')
}
