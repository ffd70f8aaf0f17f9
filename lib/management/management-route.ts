import type { z } from 'zod'
import type { Ctx, Permission } from '@/lib/tenants/context'

/**
 * One route of the management APIs (`/admin/api`, `/stats`): the table of them is what the door serves, what the
 * OpenAPI document is generated from, and what the tests walk. Shapes and conventions: reference portal 8.1.
 */
export type ManagementRoute<Input extends z.ZodObject = z.ZodObject> = {
  /** PUT answers PATCH as well. */
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** On the admin host, without suffix: `/admin/api/accounts/:account_id/users`. Params are ids unless `texts` names them. */
  path: string
  /** Params that are no numbers, such as `:environment`, with what they may be for the document. */
  texts?: Record<string, string>
  scope: 'account_management' | 'cms' | 'finance' | 'stats' | 'policy_registry'
  /** What the token's member must hold as well; null: being a member is enough. */
  may: Permission | null
  formats: readonly ('json' | 'xml' | 'csv')[]
  tag: string
  /** One line for people: "List the accounts". */
  summary: string
  /** Query and body together, flat. Arrive as text from forms: use `z.coerce` and friends. Unknown keys are left out. */
  input: Input
  /** Takes `page` and `per_page` (default and most 500). */
  paged?: boolean
  answers: Shape
  handle(call: ManagementCall<z.output<Input>>): Promise<unknown>
}

export type ManagementCall<Input> = {
  ctx: Ctx
  /** Path parameters; numbers as bigint. */
  ids: Record<string, bigint>
  texts: Record<string, string>
  input: Input
  /** Everything sent, flat, as it came: extra fields of accounts, users and applications are looked up here. */
  sent: Record<string, unknown>
  /** For paged routes. */
  page: { skip: number; take: number }
}

/**
 * What `handle` resolves to and how it is wrapped: `one` an object -> `{"account":{..}}`, `<account>..`; `many`
 * `{ items, total }` -> `{"accounts":[{"account":{..}}]}`; `bare` the JSON as it is; `nothing` an empty 200.
 */
export type Shape =
  | { kind: 'one'; name: string; schema: z.ZodType; status: 200 | 201 }
  | { kind: 'many'; name: string; each: string; schema: z.ZodType }
  | { kind: 'bare'; schema: z.ZodType; status?: 200 | 201 }
  | { kind: 'nothing' }

export type Page<Item> = { items: Item[]; total: number }

/** Ties input and handler of a route together for the compiler. */
export function managementRoute<Input extends z.ZodObject>(route: ManagementRoute<Input>): ManagementRoute {
  return route as unknown as ManagementRoute
}
