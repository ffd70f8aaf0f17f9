import { AppError } from '@/lib/errors'
import type { FormTree } from '@/lib/portal/portal-route'

const FIELDS_MAX = 500
const DEPTH_MAX = 5
const NAME = /^([A-Za-z0-9_-]{1,100})((?:\[[A-Za-z0-9_-]{0,100}\])*)$/

/**
 * Form fields by their Rails names: `account[user][email]`, `plan_ids[]`. Of a name that comes twice the last value
 * counts, as with the hidden field before a checkbox. Names that are none fall away; the objects have no prototype, so a
 * field called `constructor` is a field and nothing else (ISO-9). Throws `bad_request` for more fields than any form of
 * ours has.
 */
export function toFormTree(fields: Iterable<[string, string]>): FormTree {
  const tree = emptyTree()
  let count = 0
  for (const [name, value] of fields) {
    if (++count > FIELDS_MAX) throw new AppError('bad_request', { publicMessage: `A form has at most ${FIELDS_MAX} fields.` })
    const match = NAME.exec(name)
    if (!match) continue
    const keys = [match[1]!, ...[...match[2]!.matchAll(/\[([^\]]*)\]/g)].map((part) => part[1]!)]
    if (keys.length <= DEPTH_MAX && !keys.slice(0, -1).includes('')) put(tree, keys, value)
  }
  return tree
}

function put(tree: FormTree, [key, ...rest]: string[], value: string): void {
  if (key === undefined || key === '') return
  if (rest.length === 0) {
    if (typeof tree[key] !== 'object') tree[key] = value
    return
  }
  if (rest.length === 1 && rest[0] === '') {
    const list = tree[key]
    if (Array.isArray(list)) list.push(value)
    else if (list === undefined) tree[key] = [value]
    return
  }
  const below = (tree[key] ??= emptyTree())
  if (typeof below === 'object' && !Array.isArray(below)) put(below, rest, value)
}

function emptyTree(): FormTree {
  return Object.create(null) as FormTree
}
