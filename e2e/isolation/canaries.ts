import type { Client } from 'pg'

/**
 * ISO-7: every text a tenant can own holds `CANARY-<slug>-<table>`, so that one string found in the wrong answer names
 * the tenant and the table it leaked from. Slugs are random, so the slug alone is canary enough for names of hosts.
 */
export const canaryOf = (slug: string, table: string) => `CANARY-${slug}-${table}`

/** Columns that cannot hold a sentence, by table; `*` is every table. A new column is filled until it is named here. */
const bound: Record<string, string[]> = {
  // Words of a closed list.
  '*': ['state', 'kind', 'role', 'realm', 'zone', 'environment', 'period', 'verb', 'purpose', 'outcome', 'topic', 'hash', 'cipher'],
  access_tokens: ['permission'],
  // The kind of object and its id are what the log is filtered and linked by.
  audit_entries: ['actorKind', 'action', 'objectKind', 'objectId'],
  call_buckets: ['outcome'],
  // Words of closed lists.
  call_records: ['method', 'refusal'],
  developers: ['passwordHash'],
  end_users: ['registered'],
  events: ['type'],
  // The key of a counter, like `app:42`.
  limit_counters: ['subject'],
  mails: ['madeFor'],
  members: ['passwordHash'],
  portal_files: ['contentType'],
  // The address of an API stays one.
  backends: ['privateBaseUrl'],
  // By these names a version stands in for a built-in template, and a page finds its layout.
  portal_templates: ['systemName', 'layoutName', 'contentType'],
  plans: ['newMethods'],
  // Values are stored under the name; built-in ones are known by it.
  field_definitions: ['target', 'name'],
  // The names under which callers send keys stay what callers send; the secrets are sealed to their rows.
  products: ['authenticationMode', 'credentialsLocation', 'endUserCounters', 'planChangeMode', 'userKeyName', 'secretTokenCipher', 'serviceTokenHash', 'serviceTokenCipher', 'privateBaseUrl', 'oauthSecretCipher'],
  oauth_grants: ['revokedBy'],
  // The slug is part of every canary; hosts carry it by name.
  tenants: ['slug', 'timezone', 'providerKeyHash', 'providerKeyCipher'],
  hosts: ['name'],
  // Sealed to their rows, words of closed lists, and the address of a receiver that must stay one.
  domains: ['problem'],
  // A word of a closed list; the parsed document stays one that can be parsed.
  api_specs: ['version', 'document'],
  webhook_endpoints: ['secretCipher', 'previousSecretCipher', 'disabledBecause'],
  webhook_deliveries: ['type', 'messageId', 'lastError'],
  webhook_attempts: ['error'],
}

/** Columns with a form of their own, and how a canary looks in it. `$1` is the canary, `id` the row's. */
const shaped: Record<string, string> = {
  'backends.hostHeader': `lower(replace($1, '_', '-')) || '.example'`,
  'backends.systemName': `lower($1) || '-' || id`,
  'backend_metrics.systemName': `CASE WHEN "systemName" = 'hits' THEN 'hits' ELSE lower($1) || '-' || id END`,
  'backend_mapping_rules.pattern': `'/' || lower($1) || '-' || id || '$'`,
  'backend_usages.path': `'/' || lower($1) || '-' || id`,
  'features.systemName': `lower($1) || '-' || id`,
  'developers.email': `lower($1) || '-' || id || '@example.com'`,
  'developers.emailNormal': `lower($1) || '-' || id || '@example.com'`,
  'developers.userName': `lower($1) || '-' || id`,
  'developers.userNameNormal': `lower($1) || '-' || id`,
  'mails.recipient': `lower($1) || '@example.com'`,
  'mails.replyTo': `lower($1) || '@example.com'`,
  'mapping_rules.pattern': `'/' || lower($1) || '-' || id || '$'`,
  'members.email': `lower($1) || '-' || id || '@example.com'`,
  'members.emailNormal': `lower($1) || '-' || id || '@example.com'`,
  'members.userName': `lower($1) || '-' || id`,
  'members.userNameNormal': `lower($1) || '-' || id`,
  // Every product has one metric of this name; the gateway and the plans look for it.
  'metrics.systemName': `CASE WHEN "systemName" = 'hits' THEN 'hits' ELSE lower($1) || '-' || id END`,
  'portal_settings.contactEmail': `lower($1) || '@example.com'`,
  // A template stays one that renders. A draft holds another word: nobody but a preview may see it.
  'portal_templates.draft': `draft || ' ' || replace($1, 'CANARY', 'HIDDEN') || ' '`,
  'portal_templates.published': `published || ' ' || $1 || ' '`,
  'portal_files.path': `'/' || lower($1) || '-' || id || '.txt'`,
  // Only pages of the tenant's own have one.
  'portal_templates.path': `CASE WHEN path IS NULL THEN NULL ELSE '/' || lower($1) || '-' || id END`,
  'products.oauthLoginUrl': `'https://login.example.com/' || lower($1)`,
  'products.appIdName': `$1 || '-id'`,
  'products.appKeyName': `$1 || '-key'`,
  'products.endUserHeader': `$1 || '-user'`,
  'products.hostHeader': `lower(replace($1, '_', '-')) || '.example'`,
  'products.systemName': `lower($1) || '-' || id`,
  'webhook_endpoints.url': `'https://hooks.example.com/' || lower($1) || '-' || id`,
  'api_specs.systemName': `lower($1) || '-' || id`,
  'domains.name': `lower(replace($1, '_', '-')) || '-' || id || '.example.com'`,
  'plans.systemName': `lower($1) || '-' || id`,
}

/** JSON columns whose shape the product reads: the canary goes where a text stands. Others get a member `canary`. */
const shapedJson: Record<string, string> = {
  'config_versions.content': '"content"',
  'tenants.features': '"features"',
  'products.errorAnswers': `jsonb_set("errorAnswers", '{noMatch,body}', to_jsonb($1))`,
}

type Column = { table: string; column: string; type: string }

/** Fills every text of the tenant's rows. Answers the tables that had no row: seed one, or nothing proves them. */
export async function plantCanaries(db: Client, tenantId: number, slug: string): Promise<{ empty: string[]; planted: string[] }> {
  const columns = await listColumns(db)
  const empty: string[] = []
  const planted: string[] = []
  for (const table of new Set(columns.map(({ table }) => table))) {
    const owner = table === 'tenants' ? 'id' : '"tenantId"'
    const { rows } = await db.query<{ count: number }>(`SELECT count(*)::int AS count FROM "${table}" WHERE ${owner} = $1`, [tenantId])
    if (rows[0]!.count === 0) empty.push(table)
    const hasId = columns.some((each) => each.table === table && each.column === 'id')
    const sets = columns.filter((each) => each.table === table && isOpen(each)).map(({ column, type }) => `"${column}" = ${expressionOf(table, column, type, hasId)}`)
    if (sets.length === 0) continue
    await db.query(`UPDATE "${table}" SET ${sets.join(', ')} WHERE ${owner} = $2 AND $1::text IS NOT NULL`, [canaryOf(slug, table), tenantId])
    planted.push(table)
  }
  return { empty, planted }
}

async function listColumns(db: Client): Promise<Column[]> {
  const { rows } = await db.query<Column>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
        AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'tenantId'))
      ORDER BY 1, a.attnum`,
  )
  return rows
}

const isText = (type: string) => ['text', 'character varying', 'jsonb', 'json'].includes(type)

function isOpen({ table, column, type }: Column): boolean {
  return isText(type) && !bound['*']!.includes(column) && !bound[table]?.includes(column)
}

function expressionOf(table: string, column: string, type: string, hasId: boolean): string {
  const name = `${table}.${column}`
  if (type === 'jsonb' || type === 'json') return (shapedJson[name] ?? `"${column}" || jsonb_build_object('canary', $1)`).replaceAll('$1', '$1::text')
  const shape = shaped[name]
  if (shape) return shape.replaceAll('$1', '$1::text')
  return hasId ? `$1::text || '-' || id` : '$1::text'
}

/** Words that stand for less than a whole tenant: rows of its second account, and what partners must never see. */
export type Mark = 'CANARY2' | 'HIDDEN'

/** Rows of one account, wherever they are: in its own table, by account, by application or by developer. Null for tables without any. */
export function ofAccount(accountId: number | bigint): (table: string, columns: string[]) => string | null {
  return (table, columns) => {
    if (table === 'accounts') return `id = ${accountId}`
    if (columns.includes('accountId')) return `"accountId" = ${accountId}`
    if (columns.includes('applicationId')) return `"applicationId" IN (SELECT id FROM applications WHERE "accountId" = ${accountId})`
    return columns.includes('developerId') ? `"developerId" IN (SELECT id FROM developers WHERE "accountId" = ${accountId})` : null
  }
}

/** Gives planted canaries of some rows another first word: `CANARY2-<slug>-applications`. Answers the tables it looked into. */
export async function markRows(db: Client, tenantId: number, slug: string, mark: Mark, rowsOf: (table: string, columns: string[]) => string | null): Promise<string[]> {
  const marked: string[] = []
  for (const [table, columns] of Map.groupBy(await listColumns(db), (each) => each.table)) {
    const where = table === 'tenants' ? null : rowsOf(table, columns.map(({ column }) => column))
    if (!where) continue
    marked.push(table)
    const sets = columns.filter(({ type }) => isText(type)).map(({ column, type }) => `"${column}" = replace(replace("${column}"::text, $1, $2), lower($1), lower($2))::${type}`)
    if (sets.length > 0) await db.query(`UPDATE "${table}" SET ${sets.join(', ')} WHERE "tenantId" = $3 AND ${where}`, [`CANARY-${slug}`, `${mark}-${slug}`, tenantId])
  }
  return marked
}

/** Every row of the tenant as one text, for "nothing of it has changed" and "nothing of the other's is in it". */
export async function dumpTenant(db: Client, tenantId: number, { without = [] }: { without?: string[] } = {}): Promise<Map<string, string[]>> {
  const { rows: tables } = await db.query<{ table: string }>(
    `SELECT c.relname AS table FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'tenantId'))`,
  )
  const dump = new Map<string, string[]>()
  for (const { table } of tables) {
    if (without.includes(table)) continue
    const { rows } = await db.query<{ row: string }>(`SELECT t::text AS row FROM "${table}" t WHERE ${table === 'tenants' ? 'id' : '"tenantId"'} = $1`, [tenantId])
    dump.set(table, rows.map(({ row }) => row).sort())
  }
  return dump
}
