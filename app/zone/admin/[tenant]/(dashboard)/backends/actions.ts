'use server'

import { createBackendRule, deleteBackendRule, editBackendRule, reorderBackendRules } from '@/lib/backends/backend-mapping-rules'
import { createBackendMetric, deleteBackendMetric, editBackendMetric } from '@/lib/backends/backend-metrics'
import { createBackend } from '@/lib/backends/create-backend'
import { deleteBackend } from '@/lib/backends/delete-backend'
import { editBackend } from '@/lib/backends/edit-backend'
import { changeMountPath, mountBackend, unmountBackend } from '@/lib/backends/mount-backend'
import {
  backendEditInput,
  backendInput,
  backendMetricEditInput,
  backendMetricInput,
  backendMetricRef,
  backendRef,
  backendRuleEditInput,
  backendRuleInput,
  backendRuleOrderInput,
  backendRuleRef,
  mountEditInput,
  mountInput,
  mountRef,
} from '@/lib/backends/schema'
import { adminAction } from '@/lib/request/admin-action'

export const createBackendAction = adminAction({ can: 'gateway', input: backendInput }, async (ctx, input) => {
  const { id } = await createBackend(ctx, input)
  return { goTo: `/backends/${id}` }
})

export const editBackendAction = adminAction({ can: 'gateway', input: backendEditInput }, editBackend)

export const deleteBackendAction = adminAction({ can: 'gateway', input: backendRef }, deleteBackend)

export const createBackendMetricAction = adminAction({ can: 'gateway', input: backendMetricInput }, createBackendMetric)

export const editBackendMetricAction = adminAction({ can: 'gateway', input: backendMetricEditInput }, editBackendMetric)

export const deleteBackendMetricAction = adminAction({ can: 'gateway', input: backendMetricRef }, deleteBackendMetric)

export const createBackendRuleAction = adminAction({ can: 'gateway', input: backendRuleInput }, createBackendRule)

export const editBackendRuleAction = adminAction({ can: 'gateway', input: backendRuleEditInput }, editBackendRule)

export const deleteBackendRuleAction = adminAction({ can: 'gateway', input: backendRuleRef }, deleteBackendRule)

export const reorderBackendRulesAction = adminAction({ can: 'gateway', input: backendRuleOrderInput }, reorderBackendRules)

export const mountBackendAction = adminAction({ can: 'gateway', input: mountInput }, mountBackend)

export const changeMountPathAction = adminAction({ can: 'gateway', input: mountEditInput }, changeMountPath)

export const unmountBackendAction = adminAction({ can: 'gateway', input: mountRef }, unmountBackend)
