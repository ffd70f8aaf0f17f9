'use server'

import { z } from 'zod'
import { explainPath } from '@/lib/gateway/explain-path'
import { verbs } from '@/lib/products/field-inputs'
import { createMappingRule, deleteMappingRules, editMappingRule, reorderMappingRules } from '@/lib/products/mapping-rules'
import { readSnapshot } from '@/lib/products/promote-config'
import { mappingRuleDeletionInput, mappingRuleEditInput, mappingRuleInput, mappingRuleOrderInput } from '@/lib/products/schema'
import { adminAction } from '@/lib/request/admin-action'
import { idInput } from '@/lib/tenants/id-input'

export const createMappingRuleAction = adminAction({ can: 'products', input: mappingRuleInput }, createMappingRule)

export const editMappingRuleAction = adminAction({ can: 'products', input: mappingRuleEditInput }, editMappingRule)

export const deleteMappingRulesAction = adminAction({ can: 'products', input: mappingRuleDeletionInput }, deleteMappingRules)

export const reorderMappingRulesAction = adminAction({ can: 'products', input: mappingRuleOrderInput }, reorderMappingRules)

const pathInput = z.object({
  productId: idInput,
  verb: z.enum(verbs),
  path: z.string().trim().min(1, 'Write a path, like /orders/42?status=open.').max(8192, 'This is longer than the gateway accepts.'),
})

export const testPathAction = adminAction({ can: 'products', input: pathInput }, async (ctx, { productId, verb, path }) => {
  const explained = explainPath(await readSnapshot(ctx.db, productId), verb, path)
  return { verb, ...explained }
})
