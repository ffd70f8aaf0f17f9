import { curlCall, hasKeys } from '@/lib/activedocs/example-call'
import { listGatewayFacts, type GatewayFacts } from '@/lib/activedocs/gateway-facts'
import type { OwnApplication } from '@/lib/activedocs/own-keys'
import type { SpecItem } from '@/lib/activedocs/queries'
import { readServedDocument } from '@/lib/activedocs/served-document'
import { typedText, type LiquidObject } from '@/lib/liquid/values'
import type { ErrorAnswers } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** For the documentation's first page, one per API that is open for calls: where it is, how to call it, what it answers when it refuses. */
export async function listDocsApis(ctx: Ctx, specs: SpecItem[], own: OwnApplication[]): Promise<LiquidObject[]> {
  const gateways = await listGatewayFacts(ctx)
  return Promise.all(
    gateways.map(async (gateway): Promise<LiquidObject> => {
      const documents = specs.filter((spec) => spec.productId === gateway.productId)
      return { name: gateway.productName, description: gateway.productDescription, base_url: gateway.baseUrl, ...(await wayIn(ctx, gateway, documents, own)) }
    }),
  )
}

async function wayIn(ctx: Ctx, gateway: GatewayFacts, documents: SpecItem[], own: OwnApplication[]): Promise<LiquidObject> {
  const { authentication } = gateway
  const { mode, location, userKeyName, appIdName, appKeyName } = authentication
  const application = own.find((each) => each.productId === gateway.productId && hasKeys(each, mode)) ?? null
  const [first] = documents
  const served = first ? await readServedDocument(ctx, first, gateway) : null
  const target = served?.exampleTarget ? `${(served.servers[0] ?? gateway.baseUrl).slice(gateway.baseUrl.length)}${served.exampleTarget}` : '/'
  return {
    authentication: mode,
    credentials_location: location,
    credential_names: mode === 'user_key' ? [userKeyName] : [appIdName, appKeyName],
    curl: typedText(curlCall(gateway, target, application)),
    application_name: application ? typedText(application.name) : null,
    refusals: refusals(gateway.errorAnswers),
  }
}

/** What all of them answer when they refuse; null where one answers in words of its own. */
export function sharedRefusals(apis: LiquidObject[]): LiquidObject[] | null {
  const [first, ...others] = apis.map((api) => JSON.stringify(api.refusals))
  return first !== undefined && others.every((other) => other === first) ? (apis[0]!.refusals as LiquidObject[]) : null
}

/** Each refusal once, worded by the tenant where he words it. */
function refusals({ authMissing, authFailed, noMatch, limitsExceeded }: ErrorAnswers): LiquidObject[] {
  return [
    { status: authMissing.status, body: authMissing.body, meaning: 'No key came with the call.', remedy: 'Send your key as shown above.' },
    { status: authFailed.status, body: authFailed.body, meaning: 'The key is unknown, was replaced, or its application is not live.', remedy: 'Copy the key from your application and check that the application is live.' },
    { status: noMatch.status, body: noMatch.body, meaning: 'There is nothing at this path, or not with this method.', remedy: 'Compare path and method with the reference.' },
    { status: limitsExceeded.status, body: limitsExceeded.body, meaning: 'A limit of your plan is used up.', remedy: 'Wait as many seconds as the header Retry-After says, or ask for a bigger plan.' },
  ].map(({ body, ...rest }) => ({ ...rest, body: body.length > 200 ? `${body.slice(0, 199)}…` : body }))
}
