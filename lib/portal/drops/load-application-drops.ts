import { readLimitUsages } from '@/lib/analytics/limit-usage'
import { readOwnKeys, type OwnKey } from '@/lib/applications/read-own-keys'
import type { Prisma } from '@/lib/db/generated/client'
import type { FieldErrors } from '@/lib/errors'
import type { FieldDto } from '@/lib/fields/queries'
import { joinValues } from '@/lib/fields/split-values'
import type { FieldValues } from '@/lib/fields/validate-values'
import { drop, dropList, type Drop } from '@/lib/liquid/values'
import type { ServiceFacts } from '@/lib/portal/assigns/catalogue'
import type { CatalogueDrops } from '@/lib/portal/assigns/service-drops'
import { alertDrop } from '@/lib/portal/drops/alert-drop'
import { applicationDrop } from '@/lib/portal/drops/application-drop'
import { listCallCounts } from '@/lib/portal/drops/call-counts'
import { liveConfigs, modeOf } from '@/lib/portal/drops/live-config'
import { planChangeDrop, planRequestOf, type PlanRequestFacts } from '@/lib/portal/drops/plan-change-drop'
import { refilled } from '@/lib/portal/drops/refilled'
import { sampleCurl } from '@/lib/portal/drops/sample-call'
import type { Visit } from '@/lib/portal/portal-route'

/** What of an application is read with its row. */
export const applicationParts = {
  plan: { select: { id: true, name: true, newMethods: true } },
  product: { select: { id: true, name: true, systemName: true, authenticationMode: true, planChangeMode: true, liveVersion: true } },
} satisfies Prisma.ApplicationInclude

export type ApplicationRow = Prisma.ApplicationGetPayload<{ include: typeof applicationParts }>

type World = { account: Drop; fields: FieldDto[]; catalogue: CatalogueDrops; facts: ServiceFacts[]; isAdmin: boolean; reveal: boolean; typed?: { values: FieldValues; errors: FieldErrors; redirectUrl?: string } }

/** Applications with everything a page may show of them: eleven queries, whatever their number. */
export async function loadApplicationDrops(visit: Visit, rows: ApplicationRow[], { account, fields, catalogue, facts, isAdmin, reveal, typed }: World): Promise<{ applications: Drop[]; planChanges: Drop[] }> {
  if (rows.length === 0) return { applications: [], planChanges: [] }
  const { ctx } = visit
  const ids = rows.map(({ id }) => id)
  const planIds = [...new Set(rows.flatMap(({ planId }) => (planId === null ? [] : [planId])))]
  const subjectOf = (id: bigint) => `app:${id}`
  const [keys, usages, requests, alerts, calls, words, configs] = await Promise.all([
    readOwnKeys(ctx, ids, { reveal }),
    readLimitUsages(ctx, rows.flatMap(({ id, planId }) => (planId === null ? [] : [{ subject: subjectOf(id), planId }]))),
    ctx.db.planRequest.findMany({ where: { applicationId: { in: ids } }, orderBy: { id: 'desc' }, take: 200, include: { plan: { select: { name: true } } } }),
    ctx.db.limitAlert.findMany({ where: { applicationId: { in: ids }, deletedAt: null }, orderBy: { id: 'desc' }, take: 500 }),
    listCallCounts(ctx, rows),
    ctx.db.planMethod.findMany({ where: { planId: { in: planIds } }, select: { planId: true, metricId: true, enabled: true } }),
    liveConfigs(ctx, rows.map(({ product }) => product)),
  ])
  const metricName = new Map(facts.flatMap((service) => service.metrics.map(({ id, name }) => [id, name] as const)))
  const planName = new Map(facts.flatMap((service) => service.plans.map(({ id, name }) => [id, name] as const)))
  const requestsOf = Map.groupBy(requests, (request) => request.applicationId)
  const alertsOf = Map.groupBy(alerts, (alert) => alert.applicationId)
  const wordsOf = Map.groupBy(words, (word) => word.planId)

  const planChanges: { id: number; change: Drop }[] = []
  const applications = rows.map((row) => {
    const id = Number(row.id)
    const { product, plan } = row
    const service = catalogue.serviceOf(Number(product.id)) ?? drop('service', Number(product.id), { id: Number(product.id), name: product.name, system_name: product.systemName }, product.name)
    const baseUrl = String(service.base_url ?? '')
    const ownKeys = keys.get(id) ?? []
    const usage = usages.get(subjectOf(row.id)) ?? []
    const config = configs.get(Number(product.id))
    const changes = (requestsOf.get(row.id) ?? []).map((request) => ({ facts: requestFacts(request, planName), id: Number(request.id) }))
    const changeDrops = changes.map(({ facts: request }) => planChangeDrop(request, { plan: catalogue.planOf(request.planId), previousPlan: request.fromPlanId === null ? null : catalogue.planOf(request.fromPlanId), contract: null, mayWithdraw: isAdmin }))
    const latest = changeDrops[0]
    const made = applicationDrop(
      {
        id,
        name: row.name,
        description: row.description,
        state: row.state,
        appId: row.appId,
        createdAt: row.createdAt,
        firstCallAt: row.firstCallAt,
        lastCallAt: row.lastCallAt,
        authentication: modeOf(configs, product),
        redirectUris: row.redirectUris,
        clientType: row.clientType,
        typedRedirectUrl: typed?.redirectUrl,
        planChangeMode: product.planChangeMode,
        values: refilled(fields, joinValues('application', row), typed?.values),
        errors: typed?.errors,
        fields,
        keys: ownKeys,
        usage,
        callsThisMonth: calls.get(id)?.month ?? 0,
        calls30Days: calls.get(id)?.days30 ?? 0,
        baseUrl,
        curl:
          reveal && config && plan && row.state === 'live'
            ? sampleCurl(
                config,
                {
                  newMethods: plan.newMethods,
                  words: new Map((wordsOf.get(plan.id) ?? []).map(({ metricId, enabled }) => [Number(metricId), enabled])),
                  closed: new Set(usage.filter(({ limit }) => limit === 0).map(({ metricId }) => metricId)),
                },
                { name: row.name, appId: row.appId, userKey: shownKey(ownKeys, 'user_key'), appKey: shownKey(ownKeys, 'app_key') },
                baseUrl,
              )
            : '',
      },
      {
        account,
        service,
        plan: plan ? (catalogue.planOf(Number(plan.id)) ?? drop('plan', Number(plan.id), { id: Number(plan.id), name: plan.name, service }, plan.name)) : null,
        choosablePlans: row.state === 'live' && product.planChangeMode !== 'none' ? choosablePlans(facts, catalogue, Number(product.id), plan && Number(plan.id)) : [],
        // What was decided in the partner's favour shows in the plan itself.
        planRequest: latest && (latest.state === 'open' || latest.state === 'rejected') ? planRequestOf(latest) : null,
        alerts: (alertsOf.get(row.id) ?? []).map((alert) =>
          alertDrop({ id: Number(alert.id), applicationId: id, metric: metricName.get(Number(alert.metricId)) ?? '', period: alert.period, level: alert.level, value: Number(alert.value), limit: Number(alert.limitValue), readAt: alert.readAt, createdAt: alert.createdAt }),
        ),
        alertsEnabled: visit.settings.alertDevelopers,
        isAdmin,
      },
    )
    for (const [at, change] of changeDrops.entries()) {
      Object.assign(change, { contract: made, application: made })
      planChanges.push({ id: changes[at]!.id, change })
    }
    return made
  })
  return { applications, planChanges: planChanges.sort((one, other) => other.id - one.id).map(({ change }) => change) }
}

/** Published plans of the product, but for the present one (ISO-10). */
export function choosablePlans(facts: ServiceFacts[], catalogue: CatalogueDrops, productId: number, presentPlanId: number | null): Drop[] {
  const plans = facts.find(({ id }) => id === productId)?.plans ?? []
  return plans.filter((plan) => plan.published && plan.id !== presentPlanId).map((plan) => catalogue.planOf(plan.id)!)
}

/** The newest live one: the one least likely to be on its way out. Masked where keys are not shown. */
function shownKey(keys: OwnKey[], kind: OwnKey['kind']): string | null {
  const key = keys.findLast((each) => each.kind === kind)
  return key ? (key.key ?? key.hint) : null
}

type RequestRow = { id: bigint; applicationId: bigint; planId: bigint; fromPlanId: bigint | null; state: string; reason: string; answer: string; developerName: string; createdAt: Date; decidedAt: Date | null; plan: { name: string } }

function requestFacts(row: RequestRow, planName: ReadonlyMap<number, string>): PlanRequestFacts {
  const { state, reason, answer, developerName, createdAt, decidedAt } = row
  const fromPlanId = row.fromPlanId === null ? null : Number(row.fromPlanId)
  return { id: Number(row.id), applicationId: Number(row.applicationId), planId: Number(row.planId), planName: row.plan.name, fromPlanId, fromPlanName: fromPlanId === null ? null : (planName.get(fromPlanId) ?? null), state, reason, answer, developerName, createdAt, decidedAt }
}

/** A subscription per product that has applications, as 3scale's templates walk through them. */
export function subscriptions(applications: Drop[]): Drop[] {
  const byService = Map.groupBy(applications, (application) => (application.service as Drop).$drop.id)
  return [...byService].map(([id, of]) => {
    const service = of[0]!.service as Drop
    return drop('service_contract', id, { id, name: service.name as string, system_name: service.system_name as string, service, applications: dropList(of.slice(0, 50)), plan: null, state: 'live', 'live?': true, 'trial?': false, 'can_change_plan?': false, change_plan_url: '', can: { 'change_plan?': false } })
  })
}
