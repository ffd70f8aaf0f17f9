import { compileLinearPattern } from '@/lib/products/linear-pattern'
import type { LinearPattern } from '@/lib/products/linear-pattern'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { decodeQueryText } from '@/lib/products/pattern'
import { textOf } from '@/lib/gateway/policies/condition'
import type { PolicyText } from '@/lib/gateway/policies/condition'
import type { PolicyHooks, PolicyRun } from '@/lib/gateway/policies/policy-run'

type Command = { all: boolean; pattern: LinearPattern; replace: string; last: boolean; methods: ReadonlySet<string> | null }
type QueryCommand = { op: 'add' | 'set' | 'push' | 'delete'; arg: string; value: PolicyText }

/** A path may grow with every `gsub`; beyond this no server would take it. */
const PATH_MAX = 16_384

/** Path by regular expression, query by parameter; what comes out is read anew like what a caller sends (GW-3). */
export function urlRewriting({ commands = [], query_args_commands = [] }: PolicyConfiguration<'url_rewriting'>): PolicyHooks {
  const path = commands.map(({ op, regex, replace, options, break: last, methods }): Command => ({
    all: op === 'gsub',
    pattern: compileLinearPattern(regex, options ?? ''),
    replace,
    last: last === true,
    methods: methods && methods.length > 0 && !methods.includes('ANY') ? new Set<string>(methods) : null,
  }))
  const query = query_args_commands.map(({ op, arg, value = '', value_type }): QueryCommand => ({ op, arg, value: textOf(value, value_type) }))
  return {
    rewrite(run) {
      for (const command of path) {
        if (command.methods && !command.methods.has(run.call.method)) continue
        const changed = substitute(command, run.path)
        if (changed === null) continue
        run.path = changed.startsWith('/') ? changed : `/${changed}`
        if (command.last) break
      }
      for (const command of query) changeQuery(command, run)
    },
  }
}

/** Null where the expression does not fit. A replacement that brings a query mark keeps it in the path, encoded. */
function substitute({ all, pattern, replace }: Command, path: string): string | null {
  let out = ''
  let from = 0
  let fits = false
  while (from <= path.length) {
    const found = pattern.exec(path, from)
    if (!found) break
    fits = true
    const [start, end] = [found[0]!, found[1]!]
    out += path.slice(from, start) + replace.replace(/\$(?:\{(\d{1,2})\}|(\d{1,2})|(\$))/g, (_, braced: string | undefined, plain: string | undefined, dollar: string | undefined) => (dollar ? '$' : groupOf(path, found, Number(braced ?? plain))))
    if (out.length > PATH_MAX) return null
    // An empty match moves on by one character, or it would be found for ever.
    if (end === start) out += path.slice(end, end + 1)
    from = end === start ? end + 1 : end
    if (!all) break
  }
  return fits ? (out + path.slice(from)).replaceAll('?', '%3F').replaceAll('#', '%23') : null
}

function groupOf(path: string, found: readonly number[], group: number): string {
  const start = found[2 * group]
  return start === undefined || start < 0 ? '' : path.slice(start, found[2 * group + 1])
}

/** `add` only where the parameter is there, `push` in any case, `set` replaces; the others keep bytes and order. */
function changeQuery({ op, arg, value }: QueryCommand, run: PolicyRun): void {
  const pairs = run.query === '' ? [] : run.query.split('&')
  const isArg = (pair: string) => decodeQueryText(pair.split('=', 1)[0]!) === arg
  const there = pairs.some(isArg)
  if (op === 'add' && !there) return
  const kept = op === 'set' || op === 'delete' ? pairs.filter((pair) => !isArg(pair)) : pairs
  if (op !== 'delete') kept.push(`${encodeURIComponent(arg)}=${encodeURIComponent(value(run).toWellFormed())}`)
  run.query = kept.join('&')
}
