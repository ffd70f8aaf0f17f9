import type { z } from 'zod'
import type { accessTokenScopes } from '@/lib/tenants/access-tokens'
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
  scope: (typeof accessTokenScopes)[number]
  /** What the token's member must hold as well; null: being a member is enough. */
  may: Permission | null
  formats: readonly ('json' | 'xml' | 'csv')[]
  tag: string
  /** One line for people: "List the accounts". */
  summary: string
  /** Query and body together, flat. Arrive as text from forms: use `lib/management/inputs.ts`. Unknown keys are left out. */
  input: Input
  /** Unknown keys are refused with a 422 that lists them (the CMS part). */
  strict?: boolean
  /** Own names of values that problems of ours are told under: `{ orgName: 'org_name' }`. Others become snake_case. */
  errorNames?: Record<string, string>
  /** Takes `page` and `per_page`: 500 by default and at most, or as said. */
  paged?: boolean | { size: number; most: number }
  /** Answers a secret that is never shown again: it is not kept for `Idempotency-Key` either. */
  shownOnce?: boolean
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
  /** For paged routes; `number` counts from 1. */
  page: PageWanted
  format: 'json' | 'xml' | 'csv'
  /** `http://acme.admin.localhost:3000`: what links in answers begin with. */
  origin: string
  /** How far the caller's token goes; a token it makes goes no further. */
  reach: Reach
}

export type Reach = { scopes: 'all' | ReadonlySet<string>; expiresAt: Date | null }

export type PageWanted = { skip: number; take: number; number: number; size: number }

/**
 * What `handle` resolves to and how it is wrapped: `one` an object -> `{"account":{..}}`, `<account>..`; `many`
 * `{ items, total }` -> `{"accounts":[{"account":{..}}]}`; `bare` the JSON as it is (in XML under `xml`, as CSV by
 * `csv`); `nothing` an empty 200. A `Response` passes as it is.
 *
 * Values are plain: bigint and Prisma's decimals become numbers, dates ISO 8601. A key `extra` that holds an `Extra`
 * is laid flat in JSON and stands under `<extra_fields>` in XML. `xml` gives other names of elements where they differ,
 * `attributes` names what old clients read from the element's attributes.
 */
export type Shape =
  | { kind: 'one'; name: string; schema: z.ZodType; status: 200 | 201; xml?: string; attributes?: readonly string[] }
  | { kind: 'many'; name: string; each: string; schema: z.ZodType; xml?: { name: string; each: string }; attributes?: readonly string[] }
  | { kind: 'bare'; schema: z.ZodType; status?: 200 | 201; xml?: string; csv?(result: unknown): string }
  | { kind: 'nothing' }

export type Page<Item> = { items: Item[]; total: number }

/** Extra fields of an account, user or application (reference portal section 2): flat in JSON, apart in XML. */
export class Extra {
  readonly values: Record<string, unknown>
  constructor(values: Record<string, unknown>) {
    this.values = values
  }
}

/** Ties input and handler of a route together for the compiler. */
export function managementRoute<Input extends z.ZodObject>(route: ManagementRoute<Input>): ManagementRoute {
  return route as unknown as ManagementRoute
}
