import type { z } from 'zod'
import type { ManagementCall, ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

/**
 * One route of the operator's API: that of whoever runs the installation, on the host of the site (reference portal
 * 8.5). It stands above tenants: `enter` opens one, as its system under the name Operator.
 */
export type OperatorRoute<Input extends z.ZodObject = z.ZodObject> = Pick<ManagementRoute<Input>, 'method' | 'path' | 'texts' | 'formats' | 'input' | 'errorNames' | 'paged' | 'answers'> & {
  handle(call: OperatorCall<z.output<Input>>): Promise<unknown>
}

export type OperatorCall<Input> = Pick<ManagementCall<Input>, 'ids' | 'texts' | 'input' | 'page' | 'origin'> & {
  now: Date
  /** For the audit log. */
  by: { name: string; address: string | null; requestId: string | null }
  /** A tenant by its id, in whatever state. Throws `not_found`. */
  enter(tenantId: bigint): Promise<Ctx & { state: 'active' | 'suspended'; createdAt: Date }>
}

/** Ties input and handler of a route together for the compiler. */
export function operatorRoute<Input extends z.ZodObject>(route: OperatorRoute<Input>): OperatorRoute {
  return route as unknown as OperatorRoute
}
