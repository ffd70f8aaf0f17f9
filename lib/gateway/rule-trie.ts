import { logger } from '@/lib/logger'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import { parsePattern } from '@/lib/products/pattern'
import type { ParsedPattern } from '@/lib/products/pattern'
import { MANY, ONE, matchTokens, tokensOf } from '@/lib/gateway/match-tokens'
import type { Token } from '@/lib/gateway/match-tokens'

/**
 * Mapping rules as a trie by path segment: a look-up walks the segments of the path once, so its cost grows with the
 * path and not with the number of rules. Segments with variables are found by their fixed beginning and end, patterns
 * without `$` by the fixed text their last segment begins with, rules that differ in query values by those values.
 */
export type RuleTrie<Rule> = { root: Node<Rule>; needsQuery: boolean }

type RuleSource = Pick<GatewayConfig['mappingRules'][number], 'verb' | 'pattern'>

type Node<Rule> = {
  literals: Map<string, Node<Rule>>
  variables: VariableSegments<Rule> | null
  /** Patterns with `$` that end with the segment leading here. */
  ends: Leaf<Rule> | null
  /** Patterns that begin their last segment here: those without `$`, and those with `{name+}`. */
  open: OpenPatterns<Rule> | null
}

type VariableSegments<Rule> = { cuts: { before: number; after: number }[]; shapes: Map<string, { middle: Token[]; node: Node<Rule> }[]> }

type OpenPatterns<Rule> = { lengths: number[]; byText: Map<string, { rest: Token[]; exact: boolean; leaf: Leaf<Rule> }[]> }

/** Rules of one path pattern, by verb. */
type Leaf<Rule> = Map<string, { plain: Rule[]; byQuery: QueryRules<Rule>[] }>

type QueryRules<Rule> = { present: string[]; fixed: string[]; byValues: Map<string, Rule[]> }

/** A pattern that does not parse (stored before a rule of the grammar changed) matches nothing and is logged. */
export function buildRuleTrie<Rule extends RuleSource>(rules: readonly Rule[]): RuleTrie<Rule> {
  const trie: RuleTrie<Rule> = { root: newNode(), needsQuery: false }
  for (const rule of rules) {
    const pattern = parseStored(rule.pattern)
    if (!pattern) continue
    if (pattern.query.length > 0) trie.needsQuery = true
    addToLeaf(leafOf(trie.root, pattern), rule, pattern)
  }
  return trie
}

/** Every rule that matches, in no particular order. `params`: the query's, last value each; only read where `needsQuery`. */
export function findRules<Rule>(trie: RuleTrie<Rule>, verb: string, path: string, params: ReadonlyMap<string, string> | null): Rule[] {
  const found: Rule[] = []
  visit(trie.root, verb, path, 1, params, found)
  return found
}

/** Every rule whose path matches, whatever its verb and query, in no particular order: for whoever explains a call. */
export function findRulesOfPath<Rule>(trie: RuleTrie<Rule>, path: string): Rule[] {
  const found: Rule[] = []
  visit(trie.root, null, path, 1, null, found)
  return found
}

/** `verb` null: any, and any query. */
function visit<Rule>(node: Node<Rule>, verb: string | null, path: string, from: number, params: ReadonlyMap<string, string> | null, found: Rule[]): void {
  if (node.open) {
    for (const length of node.open.lengths) {
      const patterns = from + length <= path.length ? node.open.byText.get(path.slice(from, from + length)) : undefined
      if (patterns) for (const { rest, exact, leaf } of patterns) if (matchTokens(rest, path, from + length, path.length, exact)) collect(leaf, verb, params, found)
    }
  }
  const slash = path.indexOf('/', from)
  const to = slash === -1 ? path.length : slash
  const segment = path.slice(from, to)
  const literal = node.literals.get(segment)
  if (literal) descend(literal, verb, path, to, params, found)
  if (node.variables) {
    for (const { before, after } of node.variables.cuts) {
      if (segment.length <= before + after) continue
      const shapes = node.variables.shapes.get(shapeKey(segment.slice(0, before), segment.slice(segment.length - after)))
      if (!shapes) continue
      for (const { middle, node: next } of shapes)
        if (middle.length === 1 || matchTokens(middle, segment, before, segment.length - after, true)) descend(next, verb, path, to, params, found)
    }
  }
}

function descend<Rule>(node: Node<Rule>, verb: string | null, path: string, to: number, params: ReadonlyMap<string, string> | null, found: Rule[]): void {
  if (to < path.length) visit(node, verb, path, to + 1, params, found)
  else if (node.ends) collect(node.ends, verb, params, found)
}

function collect<Rule>(leaf: Leaf<Rule>, verb: string | null, params: ReadonlyMap<string, string> | null, found: Rule[]): void {
  if (verb === null) return collectAll(leaf, found)
  collectVerb(leaf.get(verb), params, found)
  collectVerb(leaf.get('ANY'), params, found)
}

function collectVerb<Rule>(rules: { plain: Rule[]; byQuery: QueryRules<Rule>[] } | undefined, params: ReadonlyMap<string, string> | null, found: Rule[]): void {
  if (!rules) return
  for (const rule of rules.plain) found.push(rule)
  if (!params) return
  for (const { present, fixed, byValues } of rules.byQuery) {
    if (!present.every((name) => params.has(name)) || !fixed.every((name) => params.has(name))) continue
    for (const rule of byValues.get(valuesKey(fixed.map((name) => params.get(name)!))) ?? []) found.push(rule)
  }
}

function collectAll<Rule>(leaf: Leaf<Rule>, found: Rule[]): void {
  for (const { plain, byQuery } of leaf.values()) {
    found.push(...plain)
    for (const { byValues } of byQuery) for (const rules of byValues.values()) found.push(...rules)
  }
}

function leafOf<Rule>(root: Node<Rule>, pattern: ParsedPattern): Leaf<Rule> {
  const { segments, tail } = splitSegments(tokensOf(pattern))
  let node = root
  if (tail) {
    for (const segment of segments) node = childOf(node, segment)
    return openLeaf(node, tail, pattern.exact)
  }
  const last = segments.pop()!
  for (const segment of segments) node = childOf(node, segment)
  if (!pattern.exact) return openLeaf(node, last, false)
  const end = childOf(node, last)
  return (end.ends ??= new Map())
}

/** Whole segments up to the first `{name+}`; from the segment that holds one, the rest is a tail across slashes. */
function splitSegments(tokens: readonly Token[]): { segments: Token[][]; tail: Token[] | null } {
  const segments: Token[][] = []
  let segment: Token[] = []
  for (const [index, token] of tokens.entries()) {
    if (token === MANY) return { segments: segments.slice(1), tail: [...segment, ...tokens.slice(index)] }
    if (token === ONE) {
      segment.push(token)
      continue
    }
    const pieces = token.split('/')
    for (const [position, piece] of pieces.entries()) {
      if (position > 0) {
        segments.push(segment)
        segment = []
      }
      if (piece !== '') segment.push(piece)
    }
  }
  // The pattern begins with a slash, so what stands before the first one is empty.
  return { segments: [...segments.slice(1), segment], tail: null }
}

function childOf<Rule>(node: Node<Rule>, segment: Token[]): Node<Rule> {
  if (segment.every((token) => typeof token === 'string')) {
    const text = segment.join('')
    let child = node.literals.get(text)
    if (!child) node.literals.set(text, (child = newNode()))
    return child
  }
  const before = typeof segment[0] === 'string' ? segment[0] : ''
  const lastToken = segment.at(-1)
  const after = typeof lastToken === 'string' ? lastToken : ''
  const middle = segment.slice(before ? 1 : 0, after ? -1 : undefined)
  const variables: VariableSegments<Rule> = (node.variables ??= { cuts: [], shapes: new Map() })
  if (!variables.cuts.some((cut) => cut.before === before.length && cut.after === after.length)) variables.cuts.push({ before: before.length, after: after.length })
  const key = shapeKey(before, after)
  const shapes = variables.shapes.get(key) ?? []
  variables.shapes.set(key, shapes)
  let shape = shapes.find((each) => JSON.stringify(each.middle) === JSON.stringify(middle))
  if (!shape) shapes.push((shape = { middle, node: newNode() }))
  return shape.node
}

function openLeaf<Rule>(node: Node<Rule>, tokens: Token[], exact: boolean): Leaf<Rule> {
  const text = typeof tokens[0] === 'string' ? tokens[0] : ''
  const rest = text ? tokens.slice(1) : tokens
  const open: OpenPatterns<Rule> = (node.open ??= { lengths: [], byText: new Map() })
  if (!open.lengths.includes(text.length)) open.lengths.push(text.length)
  const patterns = open.byText.get(text) ?? []
  open.byText.set(text, patterns)
  let pattern = patterns.find((each) => each.exact === exact && JSON.stringify(each.rest) === JSON.stringify(rest))
  if (!pattern) patterns.push((pattern = { rest, exact, leaf: new Map() }))
  return pattern.leaf
}

function addToLeaf<Rule extends RuleSource>(leaf: Leaf<Rule>, rule: Rule, pattern: ParsedPattern): void {
  const rules = leaf.get(rule.verb) ?? { plain: [], byQuery: [] }
  leaf.set(rule.verb, rules)
  if (pattern.query.length === 0) {
    rules.plain.push(rule)
    return
  }
  const sorted = [...pattern.query].sort((one, other) => (one.name < other.name ? -1 : 1))
  const fixed = sorted.filter((param) => param.value !== null)
  const names = { present: sorted.filter((param) => param.value === null).map((param) => param.name), fixed: fixed.map((param) => param.name) }
  let group = rules.byQuery.find((each) => JSON.stringify([each.present, each.fixed]) === JSON.stringify([names.present, names.fixed]))
  if (!group) rules.byQuery.push((group = { ...names, byValues: new Map() }))
  const key = valuesKey(fixed.map((param) => param.value!))
  const same = group.byValues.get(key)
  if (same) same.push(rule)
  else group.byValues.set(key, [rule])
}

function parseStored(pattern: string): ParsedPattern | null {
  try {
    return parsePattern(pattern)
  } catch (error) {
    logger.warn({ err: error, pattern }, 'a stored mapping rule has a pattern that cannot be read; it matches nothing')
    return null
  }
}

const newNode = <Rule>(): Node<Rule> => ({ literals: new Map(), variables: null, ends: null, open: null })

// Neither paths nor patterns hold a NUL, and JSON keeps values apart whatever they hold.
const shapeKey = (before: string, after: string) => `${before}\0${after}`
const valuesKey = (values: string[]) => (values.length === 1 ? values[0]! : JSON.stringify(values))
