import { routeTable } from '@/lib/management/find-route'
import type { ManagementRoute } from '@/lib/management/management-route'
import { accessTokenRoutes } from '@/lib/management/routes/access-tokens'
import { accountUserRoutes } from '@/lib/management/routes/account-users'
import { accountRoutes } from '@/lib/management/routes/accounts'
import { activeDocRoutes } from '@/lib/management/routes/active-docs'
import { applicationKeyRoutes } from '@/lib/management/routes/application-keys'
import { applicationRoutes } from '@/lib/management/routes/applications'
import { cmsRoutes } from '@/lib/management/routes/cms'
import { cmsFileRoutes } from '@/lib/management/routes/cms-files'
import { fieldsDefinitionRoutes } from '@/lib/management/routes/fields-definitions'
import { integrationErrorRoutes } from '@/lib/management/routes/integration-errors'
import { memberRoutes } from '@/lib/management/routes/members'
import { objectRoutes } from '@/lib/management/routes/objects'
import { providerRoutes } from '@/lib/management/routes/provider'
import { signupRoutes } from '@/lib/management/routes/signup'
import { webhookRoutes } from '@/lib/management/routes/webhooks'
import { applicationPlanRoutes } from '@/lib/management/routes/application-plans'
import { backendApiRoutes } from '@/lib/management/routes/backend-apis'
import { backendMappingRuleRoutes } from '@/lib/management/routes/backend-mapping-rules'
import { backendMetricRoutes } from '@/lib/management/routes/backend-metrics'
import { backendUsageRoutes } from '@/lib/management/routes/backend-usages'
import { featureRoutes } from '@/lib/management/routes/features'
import { limitRoutes } from '@/lib/management/routes/limits'
import { pricingRuleRoutes } from '@/lib/management/routes/pricing-rules'
import { proxyRoutes } from '@/lib/management/routes/proxy'
import { proxyConfigRoutes } from '@/lib/management/routes/proxy-configs'
import { registryPolicyRoutes } from '@/lib/management/routes/registry-policies'
import { serviceMappingRuleRoutes } from '@/lib/management/routes/service-mapping-rules'
import { serviceMetricRoutes } from '@/lib/management/routes/service-metrics'
import { serviceRoutes } from '@/lib/management/routes/services'
import { statsRoutes } from '@/lib/management/routes/stats'

/** All routes of the management APIs, one file a noun. */
export const managementRoutes: ManagementRoute[] = [
  ...signupRoutes,
  ...accountRoutes,
  ...accountUserRoutes,
  ...applicationRoutes,
  ...applicationKeyRoutes,
  ...memberRoutes,
  ...accessTokenRoutes,
  ...fieldsDefinitionRoutes,
  ...activeDocRoutes,
  ...cmsRoutes,
  ...cmsFileRoutes,
  ...webhookRoutes,
  ...providerRoutes,
  ...objectRoutes,
  ...integrationErrorRoutes,
  ...applicationPlanRoutes,
  ...backendApiRoutes,
  ...backendMetricRoutes,
  ...backendMappingRuleRoutes,
  ...backendUsageRoutes,
  ...featureRoutes,
  ...limitRoutes,
  ...pricingRuleRoutes,
  ...serviceMappingRuleRoutes,
  ...proxyRoutes,
  ...proxyConfigRoutes,
  ...registryPolicyRoutes,
  ...serviceMetricRoutes,
  ...serviceRoutes,
  ...statsRoutes,
]

export const managementTable = routeTable(managementRoutes)
