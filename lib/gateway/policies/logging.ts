import { logger } from '@/lib/logger'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { compileTemplate } from '@/lib/products/policy-template'
import { compileCondition, textOf } from '@/lib/gateway/policies/condition'
import type { PolicyHooks } from '@/lib/gateway/policies/policy-run'

const LINE_MAX = 4_000
const DEFAULT_LINE = '{{ remote_addr }} "{{ http_method }} {{ path }}" {{ status }}'

/** A line for each call in the log of the gateway, which the operator of the installation reads. Switched off, none. */
export function logging({ enable_access_logs, custom_logging, enable_json_logs, json_object_config, condition }: PolicyConfiguration<'logging'>): PolicyHooks {
  if (!enable_access_logs) return {}
  const applies = compileCondition(condition)
  const line = compileTemplate(custom_logging || DEFAULT_LINE)
  const fields = enable_json_logs && json_object_config?.length ? json_object_config.map(({ key, value, value_type }) => ({ key, value: textOf(value, value_type) })) : null
  return {
    atEnd(run) {
      if (applies && !applies(run)) return
      const { productId, environment } = run.product
      const facts = { productId, environment, requestId: run.call.requestId }
      // Tenants choose these texts and callers fill them: they are values of the line, never fields of ours.
      if (fields) logger.info({ ...facts, fields: Object.fromEntries(fields.map(({ key, value }) => [key, value(run).slice(0, LINE_MAX)])) }, 'gateway access')
      else logger.info({ ...facts, line: line(run.scope).slice(0, LINE_MAX) }, 'gateway access')
    },
  }
}
