import { z } from 'zod'
import { flag, id, requiredText, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementCall, type ManagementRoute, type Page } from '@/lib/management/management-route'
import { mappingRuleAnswer, type mappingRuleJson } from '@/lib/management/product-json'
import { verbs } from '@/lib/products/field-inputs'

const verb = z.string().trim().toUpperCase().pipe(z.enum(verbs, { error: `Choose one of ${verbs.join(', ')}.` }))
const ruleInput = z.object({ http_method: verb, pattern: requiredText(), metric_id: id(), delta: wholeNumber(1).default(1), last: flag().default(false), position: wholeNumber(1).optional() })
const ruleEditInput = z.object({ http_method: verb.optional(), pattern: requiredText().optional(), metric_id: id().optional(), delta: wholeNumber(1).optional(), last: flag().optional(), position: wholeNumber(1).optional() })

export type RuleInput = z.output<typeof ruleInput>
export type RuleEditInput = z.output<typeof ruleEditInput>
type Told = ReturnType<typeof mappingRuleJson>

/** A product or a backend, as far as its mapping rules go. Each throws `not_found` for the owner or for a rule that is not its own. */
export type RuleOwner = {
  common: Pick<ManagementRoute, 'scope' | 'may' | 'formats' | 'tag' | 'errorNames'>
  of: 'product' | 'backend'
  /** `/admin/api/backend_apis/:backend_api_id/mapping_rules` */
  path: string
  /** Another address some clients change a rule at. */
  alsoEditedAt?: string
  /** In the order they are tried. */
  list(call: ManagementCall<unknown>): Promise<Page<Told>>
  create(call: ManagementCall<RuleInput>): Promise<Told>
  read(call: ManagementCall<unknown>): Promise<Told>
  edit(call: ManagementCall<RuleEditInput>): Promise<Told>
  remove(call: ManagementCall<unknown>): Promise<unknown>
}

const empty = z.object({})
const one = (status: 200 | 201) => ({ kind: 'one', name: 'mapping_rule', schema: mappingRuleAnswer, status }) as const

/** Mapping rules of products and of backends alike (reference portal 8.4). */
export function mappingRuleRoutes({ common, of, path, alsoEditedAt, list, create, read, edit, remove }: RuleOwner): ManagementRoute[] {
  const whose = of === 'backend' ? ' of a backend' : ''
  const change = { ...common, method: 'PUT', input: ruleEditInput, answers: one(200), handle: edit } as const
  return [
    managementRoute({
      ...common,
      method: 'GET',
      path,
      summary: `List the mapping rules of a ${of}`,
      input: empty,
      paged: true,
      answers: { kind: 'many', name: 'mapping_rules', each: 'mapping_rule', schema: mappingRuleAnswer },
      handle: list,
    }),
    managementRoute({ ...common, method: 'POST', path, summary: `Create a mapping rule${whose}`, input: ruleInput, answers: one(201), handle: create }),
    managementRoute({ ...common, method: 'GET', path: `${path}/:id`, summary: `Read a mapping rule${whose}`, input: empty, answers: one(200), handle: read }),
    managementRoute({ ...change, path: `${path}/:id`, summary: `Change a mapping rule${whose}` }),
    ...(alsoEditedAt ? [managementRoute({ ...change, path: alsoEditedAt, summary: 'Change a mapping rule (an address some clients use)' })] : []),
    managementRoute({ ...common, method: 'DELETE', path: `${path}/:id`, summary: `Delete a mapping rule${whose}`, input: empty, answers: { kind: 'nothing' }, handle: remove }),
  ]
}
