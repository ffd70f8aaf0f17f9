import { isNode, nodeOf, operationsOf, pathItems, type Node } from '@/lib/activedocs/document-node'
import type { AutofillLists } from '@/lib/activedocs/own-keys'

const MARK = 'x-data-threescale-name'

/** Whether a document (JSON text) asks for values to be filled in at all. */
export function asksForAutofill(json: string): boolean {
  return json.includes(`"${MARK}"`)
}

/** Gives parameters marked `x-data-threescale-name` the owner's values as examples to choose from (reference portal 5). */
export function autofillDocument(document: Node, lists: AutofillLists): void {
  const swagger2 = document.swagger === '2.0'
  const shared = [...Object.values(nodeOf(document.parameters)), ...Object.values(nodeOf(nodeOf(document.components).parameters))]
  const listed = pathItems(document).flatMap((item) => [item, ...operationsOf(item)]).flatMap(({ parameters }) => (Array.isArray(parameters) ? parameters : []))
  for (const parameter of [...shared, ...listed].filter(isNode)) {
    const name = parameter[MARK]
    const values = typeof name === 'string' && Object.hasOwn(lists, name) ? lists[name as keyof AutofillLists] : []
    if (values.length === 0) continue
    delete parameter.example
    // Swagger 2.0 knows one example only.
    if (swagger2) parameter['x-example'] = values[0]!.value
    else parameter.examples = Object.fromEntries(values.map(({ name: summary, value }, index) => [`application${index + 1}`, { summary, value }]))
  }
}
