'use server'

import { createMetrics } from '@/lib/products/create-metrics'
import { deleteMetrics } from '@/lib/products/delete-metrics'
import { editMetric } from '@/lib/products/edit-metric'
import { metricDeletionInput, metricEditInput, metricsInput } from '@/lib/products/schema'
import { adminAction } from '@/lib/request/admin-action'

export const createMetricsAction = adminAction({ can: 'products', input: metricsInput }, createMetrics)

export const editMetricAction = adminAction({ can: 'products', input: metricEditInput }, editMetric)

export const deleteMetricsAction = adminAction({ can: 'products', input: metricDeletionInput }, deleteMetrics)
