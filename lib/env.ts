import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { perProcess } from '@/lib/per-process'

/**
 * The settings of the installation (design section 12): parsed once, every error listed at once. Nothing else reads
 * `process.env`. An installation is *local* while every `*_DOMAIN` ends in `localhost`, otherwise *public*.
 */
export type Env = z.infer<typeof settings> & {
  local: boolean
  /** Decryption and HMAC key material; the first writes. At least 32 bytes each. */
  secretKeys: string[]
  roles: Set<Role>
  trustedProxies: string[]
  egressAllow: string[]
}

export type Role = 'web' | 'gateway' | 'worker'

const blankToUndefined = (value: unknown) => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankToUndefined, schema.optional())
const withDefault = <T extends z.ZodType>(schema: T, value: string) => z.preprocess((given) => blankToUndefined(given) ?? value, schema)

const domain = z
  .string()
  .toLowerCase()
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'must be a host name without scheme or port, like admin.example.com')
const wholeNumber = (least: number, most: number) =>
  z.coerce.number({ error: 'must be a whole number' }).int('must be a whole number').min(least, `must be at least ${least}`).max(most, `must be at most ${most}`)
const urlOf = (protocols: string[], example: string) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), `must be a URL like ${example}`)

const settings = z.object({
  NODE_ENV: withDefault(z.enum(['development', 'production', 'test']), 'development'),
  PORT: withDefault(wholeNumber(0, 65535), '3000'),
  HOST: withDefault(z.string(), '127.0.0.1'),
  DATA_DIR: withDefault(z.string(), '.data'),
  DATABASE_URL: optional(urlOf(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/gatehouse')),
  DATABASE_APP_URL: optional(urlOf(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/gatehouse')),
  DATABASE_DIRECT_URL: optional(urlOf(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/gatehouse')),
  REDIS_URL: optional(urlOf(['redis:', 'rediss:'], 'redis://host:6379')),
  UPSTASH_REDIS_REST_URL: optional(urlOf(['http:', 'https:'], 'https://name.upstash.io')),
  UPSTASH_REDIS_REST_TOKEN: optional(z.string()),
  REDIS_WAIT_MS: withDefault(wholeNumber(20, 5_000), '200'),
  SITE_DOMAIN: withDefault(domain, 'localhost'),
  ADMIN_DOMAIN: withDefault(domain, 'admin.localhost'),
  PORTAL_DOMAIN: withDefault(domain, 'portal.localhost'),
  GATEWAY_DOMAIN: withDefault(domain, 'gw.localhost'),
  PUBLIC_SCHEME: withDefault(z.enum(['http', 'https'], { error: 'must be http or https' }), 'http'),
  SECRET_KEY: optional(z.string()),
  SMTP_URL: optional(urlOf(['smtp:', 'smtps:'], 'smtp://user:password@host:587')),
  EGRESS_ALLOW: withDefault(z.string(), ''),
  TRUSTED_PROXIES: withDefault(z.string(), ''),
  MAX_SOCKETS_PER_ADDRESS: optional(wholeNumber(1, 100_000)),
  ROLES: withDefault(z.string(), 'web,gateway,worker'),
  GATEWAY_INTERNAL_URL: optional(urlOf(['http:', 'https:'], 'http://gateway.internal:3000')),
  METRICS_PORT: optional(wholeNumber(1, 65535)),
  JOURNAL_SYNC: withDefault(z.enum(['background', 'always'], { error: 'must be background or always' }), 'background'),
  JOURNAL: withDefault(z.enum(['disk', 'redis'], { error: 'must be disk or redis' }), 'disk'),
  JOBS_SECRET: optional(z.string().min(32, 'needs at least 32 characters. Make one with: openssl rand -base64 36')),
  OPERATOR_TOKEN: optional(z.string().min(32, 'needs at least 32 characters. Make one with: openssl rand -base64 36')),
  LOG_LEVEL: withDefault(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { error: 'must be fatal, error, warn, info, debug, trace or silent' }), 'info'),
})

/** Thrown with every wrong setting in one message, a line each. */
export class SettingsError extends Error {
  constructor(readonlyProblems: string[]) {
    super(readonlyProblems.map((problem) => `Setting ${problem}`).join('\n'))
    this.name = 'SettingsError'
  }
}

/** The settings of this process. Parsed on first use; throws `SettingsError`. */
export function env(): Env {
  return perProcess('env', () => parseEnv(process.env))
}

/** Pure but for the key file: parses settings, lists every problem at once. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const parsed = settings.safeParse(source)
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`)
  const roles = new Set((source.ROLES || 'web,gateway,worker').split(',').map((role) => role.trim()).filter(Boolean))
  for (const role of roles) if (!['web', 'gateway', 'worker'].includes(role)) problems.push(`ROLES: "${role}" is none of web, gateway, worker.`)
  if (roles.size === 0) problems.push('ROLES: name at least one of web, gateway, worker.')
  const list = (value: string | undefined) => (value ?? '').split(',').map((item) => item.trim()).filter(Boolean)
  for (const rule of list(source.EGRESS_ALLOW))
    if (!/^[0-9a-fA-F:.]+\/\d{1,3}:(\d{1,5}|\*)$|^\[[0-9a-fA-F:.]+\]\/\d{1,3}:(\d{1,5}|\*)$/.test(rule)) problems.push(`EGRESS_ALLOW: "${rule}" must be CIDR:port, like 127.0.0.0/8:4000 or 10.0.0.0/8:*.`)
  for (const proxy of list(source.TRUSTED_PROXIES))
    if (!/^[0-9a-fA-F:.]+(\/\d{1,3})?$/.test(proxy)) problems.push(`TRUSTED_PROXIES: "${proxy}" must be an address or a CIDR, like 10.0.0.0/8.`)
  if (source.JOURNAL === 'redis' && !source.REDIS_URL && !source.UPSTASH_REDIS_REST_URL) problems.push('JOURNAL: redis needs REDIS_URL, or UPSTASH_REDIS_REST_URL with its token.')
  if (Boolean(source.UPSTASH_REDIS_REST_URL) !== Boolean(source.UPSTASH_REDIS_REST_TOKEN))
    problems.push('UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN: set both or neither.')

  if (parsed.success) {
    const values = parsed.data
    const local = [values.SITE_DOMAIN, values.ADMIN_DOMAIN, values.PORTAL_DOMAIN, values.GATEWAY_DOMAIN].every((name) => name === 'localhost' || name.endsWith('.localhost'))
    const given = list(values.SECRET_KEY)
    if (!local) {
      if (values.PUBLIC_SCHEME !== 'https') problems.push('PUBLIC_SCHEME: must be https as soon as a domain is not under localhost.')
      if (given.length === 0) problems.push('SECRET_KEY: must be set as soon as a domain is not under localhost. Make one with: openssl rand -base64 48')
    }
    for (const key of given) if (Buffer.byteLength(key) < 32) problems.push('SECRET_KEY: every key needs at least 32 bytes. Make one with: openssl rand -base64 48')
    if (new Set(given).size !== given.length) problems.push('SECRET_KEY: the same key is listed twice.')
    if (problems.length === 0) {
      const dataDir = resolve(values.DATA_DIR)
      return {
        ...values,
        DATA_DIR: dataDir,
        local,
        secretKeys: given.length > 0 ? given : [readOrMakeSecretKey(dataDir)],
        roles: roles as Set<Role>,
        trustedProxies: list(values.TRUSTED_PROXIES),
        egressAllow: list(values.EGRESS_ALLOW),
      }
    }
  }
  throw new SettingsError(problems)
}

function readOrMakeSecretKey(dataDir: string): string {
  const file = join(dataDir, 'secret-key')
  try {
    if (!existsSync(file)) {
      makeFolder(dataDir)
      // 'wx': of two processes that start together one writes, the other reads what was written.
      try {
        writeFileSync(file, randomBytes(48).toString('base64'), { mode: 0o600, flag: 'wx' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new SettingsError([`DATA_DIR: "${dataDir}" cannot be written (${(error as NodeJS.ErrnoException).code}). Choose a folder this user may write to.`])
  }
}

/** Makes a folder and those above it. Not Node's own `recursive`, which never returns where a parent takes no folders (under /proc). */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // somebody else was quicker
  }
}
