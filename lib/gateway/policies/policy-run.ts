import type { IncomingHttpHeaders } from 'node:http'
import { logger } from '@/lib/logger'
import { withinBudget } from '@/lib/products/policy-budget'
import type { GatewayParts } from '@/lib/gateway/decide'
import type { Authorisation } from '@/lib/gateway/authorise'
import type { Call } from '@/lib/gateway/call'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Identity } from '@/lib/gateway/live-directory'
import { liquidScope } from '@/lib/gateway/policies/liquid-scope'
import type { CompiledPolicies } from '@/lib/gateway/policies/compile-policies'
import type { RefusalCode } from '@/lib/gateway/refusals'

/** What a policy answers in place of the upstream: a code of the closed list, in the tenant's words where he has some. */
export type PolicyAnswer = { code: RefusalCode; answer: { status: number; headers: string[]; body: string } | null }

/** What a policy does, by the moment it does it. Made once, at promotion; a hook it does not have costs nothing. */
export type PolicyHooks = {
  /** Before credentials are looked at. */
  early?(run: PolicyRun): PolicyAnswer | null
  /** Changes `run.path` and `run.query`: above the gateway's own line before mapping rules are matched, below it after. */
  rewrite?(run: PolicyRun): void
  /** Above the line before credentials are looked at, below it once the caller is known; before limits are taken, so what it refuses is not counted. */
  admit?(run: PolicyRun): PolicyAnswer | null | Promise<PolicyAnswer | null>
  /** The headers for the upstream, a flat list. */
  onRequest?(run: PolicyRun, headers: string[]): void
  /** The headers for the caller, a flat list, of the upstream's answer or of ours. */
  onResponse?(run: PolicyRun, headers: string[]): void
  /** Once, when the call has ended, however it did. */
  atEnd?(run: PolicyRun): void
}

/** The way of one call through its product's chain. Made only where there is a chain. */
export class PolicyRun {
  readonly parts: GatewayParts
  readonly product: CompiledProduct
  readonly call: Call
  /** As the policies have made them so far; both as in the request line. */
  path: string
  query: string
  identity: Identity | null = null
  authorisation: Authorisation | null = null
  /** The very credential that was accepted; empty before that. */
  token = ''
  /** 0 until there is an answer. */
  status = 0
  /** The upstream's; null where the answer is ours. */
  upstreamHeaders: IncomingHttpHeaders | null = null
  /** True where the call reached the upstream and was counted. */
  counted = false
  /** Places that limits on calls under way must get back. */
  readonly releases: (() => void)[] = []
  readonly #policies: CompiledPolicies
  #scope: object | null = null
  #ended = false
  #stepsLeft = STEPS_MAX

  constructor(policies: CompiledPolicies, parts: GatewayParts, product: CompiledProduct, call: Call, target: { path: string; query: string }) {
    this.#policies = policies
    this.parts = parts
    this.product = product
    this.call = call
    this.path = target.path
    this.query = target.query
  }

  /** Variables of Liquid texts, made when the first one asks. */
  get scope(): object {
    return (this.#scope ??= liquidScope(this))
  }

  /** What a call without credentials is taken for, in the mode of this product; null: it is refused. */
  get anonymous(): { appId: string | null; key: string } | null {
    const { anonymous } = this.#policies
    return anonymous?.mode === this.product.config.authentication.mode ? { appId: anonymous.appId, key: anonymous.key } : null
  }

  /** Everything before credentials. Gives what the call is answered with, or null to go on. */
  begin(): PolicyAnswer | null | Promise<PolicyAnswer | null> {
    let answer: PolicyAnswer | null = null
    const inTime = this.#work(() => {
      for (const policy of this.#policies.early) if ((answer = policy.early!(this))) return
      if (!this.#rewrite(this.#policies.rewriteAbove)) answer = BAD_REQUEST
    })
    if (!inTime) return TOO_SLOW
    if (answer) return answer
    return this.#policies.admitAbove.length === 0 ? null : this.#admit(this.#policies.admitAbove)
  }

  /** Once the caller is known and may come in, before limits are taken. */
  admit(identity: Identity, authorisation: Authorisation, token: string): PolicyAnswer | null | Promise<PolicyAnswer | null> {
    this.identity = identity
    this.authorisation = authorisation
    this.token = token
    return this.#policies.admitBelow.length === 0 ? null : this.#admit(this.#policies.admitBelow)
  }

  /** After mapping rules: what only the upstream sees. False where a policy made a path nobody could read (GW-3). */
  rewriteForUpstream(): boolean {
    if (this.#policies.rewriteBelow.length === 0) return true
    let readable = true
    return this.#work(() => (readable = this.#rewrite(this.#policies.rewriteBelow))) && readable
  }

  onRequest(headers: string[]): void {
    if (this.#policies.onRequest.length === 0) return
    this.#work(() => {
      for (const policy of this.#policies.onRequest) policy.onRequest!(this, headers)
    })
  }

  /** `upstream` null: the answer is ours. */
  onResponse(status: number, upstream: IncomingHttpHeaders | null, headers: string[]): void {
    this.status = status
    this.upstreamHeaders = upstream
    if (this.#policies.onResponse.length === 0) return
    this.#work(() => {
      for (const policy of this.#policies.onResponse) policy.onResponse!(this, headers)
    })
  }

  end(status: number): void {
    if (this.#ended) return
    this.#ended = true
    this.status ||= status
    for (const release of this.releases) release()
    if (this.#policies.atEnd.length === 0) return
    this.#work(() => {
      for (const policy of this.#policies.atEnd) policy.atEnd!(this)
    })
  }

  async #admit(policies: readonly PolicyHooks[]): Promise<PolicyAnswer | null> {
    for (const policy of policies) {
      let answer: ReturnType<NonNullable<PolicyHooks['admit']>> = null
      // Texts and expressions are done before anything is waited for.
      if (!this.#work(() => void (answer = policy.admit!(this)))) return TOO_SLOW
      const settled = (await answer) as PolicyAnswer | null
      if (settled) return settled
    }
    return null
  }

  /** False where the steps of this call are used up: what a policy has said then is not what it would have said. */
  #work(work: () => void): boolean {
    this.#stepsLeft = withinBudget(this.#stepsLeft, work)
    if (this.#stepsLeft > 0) return true
    logger.warn({ productId: this.product.productId, requestId: this.call.requestId }, 'the policies of a call took too long')
    return false
  }

  /** What comes out is read like what a caller sends: no `..`, no control character, one path for everybody. */
  #rewrite(policies: readonly PolicyHooks[]): boolean {
    if (policies.length === 0) return true
    for (const policy of policies) policy.rewrite!(this)
    const target = canonicalTarget(this.query === '' ? this.path : `${this.path}?${this.query}`)
    if (!target) return false
    this.path = target.path
    this.query = target.query
    return true
  }
}

/** All policies of one call together: some 200 Liquid texts, or expressions for a tenth of a second. */
const STEPS_MAX = 10_000_000

const TOO_SLOW: PolicyAnswer = { code: 'policies_too_slow', answer: null }
const BAD_REQUEST: PolicyAnswer = { code: 'bad_request', answer: null }
