import type { AuthenticationMode } from '@/lib/products/gateway-config'
import type { LimitUsage } from '@/lib/analytics/limit-usage'
import { liveAppKeysMax } from '@/lib/applications/change-credentials'
import type { OwnKey } from '@/lib/applications/read-own-keys'
import type { FieldErrors } from '@/lib/errors'
import type { FieldDto } from '@/lib/fields/queries'
import type { FieldValues } from '@/lib/fields/validate-values'
import { drop, typedText, type Drop, type LiquidObject } from '@/lib/liquid/values'
import { errorsDrop, fieldSets } from '@/lib/portal/assigns/field-drops'
import { keyDrop } from '@/lib/portal/drops/key-drop'

export type ApplicationFacts = {
  id: number
  name: string
  description: string
  state: string
  appId: string
  createdAt: Date
  firstCallAt: Date | null
  lastCallAt: Date | null
  authentication: AuthenticationMode
  redirectUris: string[]
  clientType: string
  /** What was typed and could not be taken. */
  typedRedirectUrl?: string
  planChangeMode: string
  values: FieldValues
  fields: FieldDto[]
  errors?: FieldErrors
  keys: OwnKey[]
  usage: LimitUsage[]
  callsThisMonth: number
  calls30Days: number
  curl: string
  baseUrl: string
}

export type ApplicationAround = {
  account: Drop | null
  service: Drop
  plan: Drop | null
  choosablePlans: Drop[]
  planRequest: LiquidObject | null
  alerts: Drop[]
  alertsEnabled: boolean
  /** The signed-in person is an admin of the account. */
  isAdmin: boolean
}

/** `application`, `cinstance`: with 3scale's attributes, and ours about usage and the first call. */
export function applicationDrop(facts: ApplicationFacts, around: ApplicationAround): Drop {
  const { id, state, authentication, keys } = facts
  const path = `/admin/applications/${id}`
  const byUserKey = authentication === 'user_key'
  const byToken = !byUserKey && authentication !== 'app_id_app_key'
  // Clients of other issuers have no secret of ours, whatever keys rest with them.
  const hasAppKeys = authentication === 'app_id_app_key' || authentication === 'oauth'
  const userKey = keys.findLast(({ kind }) => kind === 'user_key')
  const appKeys = hasAppKeys ? keys.filter(({ kind }) => kind === 'app_key') : []
  const shown = (key: OwnKey | undefined) => (key ? (key.key ?? key.hint) : '')
  const mayChangePlan = around.isAdmin && around.choosablePlans.length > 0
  const isRequest = facts.planChangeMode === 'request'
  const application = drop(
    'application',
    id,
    {
      id,
      name: typedText(facts.name),
      description: typedText(facts.description),
      path,
      url: path,
      edit_url: `${path}/edit`,
      admin_url: '',
      state,
      'live?': state === 'live',
      'pending?': state === 'pending',
      'suspended?': state === 'suspended',
      'trial?': false,
      remaining_trial_period_days: 0,
      rejection_reason: '',
      // One a line; most applications have one.
      redirect_url: typedText(facts.typedRedirectUrl ?? facts.redirectUris.join('\n')),
      redirect_urls: facts.redirectUris.map((uri) => typedText(uri)),
      client_type: facts.clientType,
      account: around.account,
      buyer_account: around.account,
      service: around.service,
      plan: around.plan,
      'can_change_plan?': mayChangePlan,
      choosable_plans: around.choosablePlans,
      change_plan_url: `/admin/contracts/${id}`,
      plan_change_permission_name: isRequest ? 'Request plan change' : 'Change plan',
      plan_change_permission_warning: isRequest ? 'Ask for this plan?' : 'Change to this plan now?',
      plan_request: around.planRequest,
      user_key: byUserKey ? shown(userKey) : '',
      application_id: byUserKey ? '' : facts.appId,
      key: byUserKey ? shown(userKey) : facts.appId,
      keys: appKeys.map(shown),
      keys_limit: liveAppKeysMax,
      application_keys_url: `${path}/keys`,
      update_user_key_url: `${path}/user_key`,
      'keys_revealed?': keys.some(({ key }) => key !== null),
      referrer_filters: [],
      filters_limit: 0,
      'oauth_mode?': byToken,
      'user_key_mode?': byUserKey,
      'app_id_mode?': !byUserKey && !byToken,
      // 3scale's templates have no word for tokens of another issuer: no secret of ours, no address to come back to.
      'own_tokens?': authentication === 'oauth',
      oauth: { create_secret_url: '', regenerate_secret_url: '' },
      'buyer_alerts_enabled?': around.alertsEnabled,
      alerts: around.alerts,
      calls_url: `${path}/calls`,
      alerts_url: `${path}/alerts`,
      purge_alerts_url: `${path}/alerts/purge`,
      mark_alerts_as_read_url: `${path}/alerts/all_read`,
      usage: usageOf(facts),
      curl: facts.curl,
      base_url: facts.baseUrl,
      first_call_at: facts.firstCallAt?.toISOString() ?? null,
      last_call_at: facts.lastCallAt?.toISOString() ?? null,
      created_at: facts.createdAt.toISOString(),
      calls_30_days: facts.calls30Days,
      stats_url: `/buyer/stats?application_id=${id}`,
      can: {
        'be_updated?': true,
        'be_destroyed?': around.isAdmin,
        'add_referrer_filters?': false,
        'add_application_keys?': hasAppKeys && appKeys.length < liveAppKeysMax,
        'regenerate_user_key?': byUserKey,
        'regenerate_oauth_secret?': false,
        'manage_keys?': true,
        'delete_key?': hasAppKeys && appKeys.length > 1,
      },
      ...fieldSets(facts.fields, { object: 'application', values: facts.values, errors: facts.errors }),
      errors: errorsDrop(facts.errors),
      'log_requests?': false,
      log_requests_url: null,
      'new_record?': false,
    },
    facts.name,
  )
  application.application_keys = appKeys.map((key) => keyDrop(key, application, { path, isLast: appKeys.length === 1 }))
  application.contract = application
  application.cinstance = application
  return application
}

/** Against each limit, the fullest first; on a plan without any, the calls of this month. */
function usageOf({ usage, callsThisMonth }: ApplicationFacts): LiquidObject[] {
  if (usage.length === 0) return [{ metric: 'Hits', system_name: 'hits', verb: null, period: 'month', limit: null, used: callsThisMonth, percent: 0, resets_at: null, unlimited: true }]
  const lines = usage.map(({ metric, systemName, verb, period, limit, used, resetsAt }) => {
    const percent = limit > 0 ? Math.floor((used * 100) / limit) : 100
    return { metric, system_name: systemName, verb, period, limit, used, percent, resets_at: resetsAt?.toISOString() ?? null, unlimited: false }
  })
  return lines.sort((one, other) => other.percent - one.percent)
}

/** The one a form is about to make. */
export function newApplicationDrop(facts: Pick<ApplicationFacts, 'values' | 'fields' | 'errors' | 'typedRedirectUrl'>, around: { service: Drop; plan: Drop | null; choosablePlans: Drop[]; account: Drop | null }): Drop {
  const { fields, values, errors } = facts
  const made = drop('application', 0, {
    id: null,
    name: typedText([values.name ?? ''].flat().join(', ')),
    description: typedText([values.description ?? ''].flat().join(', ')),
    'new_record?': true,
    'own_tokens?': around.service.authentication === 'oauth',
    redirect_url: typedText(facts.typedRedirectUrl ?? ''),
    client_type: 'confidential',
    path: '/admin/applications',
    url: '/admin/applications',
    state: '',
    'can_change_plan?': around.choosablePlans.length > 1,
    ...around,
    choosable_plans: around.choosablePlans,
    ...fieldSets(fields, { object: 'application', values, errors }),
    errors: errorsDrop(errors),
    can: { 'be_updated?': true },
  })
  return made
}
