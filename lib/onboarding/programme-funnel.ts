import type { Ctx } from '@/lib/tenants/context'

/** How far the accounts made in the last days have come. Every step counts accounts, each once. */
export type ProgrammeFunnel = {
  days: number
  accounts: number
  /** With a person who confirmed the e-mail address. */
  confirmed: number
  /** With an application that has called. */
  called: number
  /** With an application on a plan other than the one they began on. */
  grown: number
}

const DAYS = 30

/** In one statement. Where a product has no default plan, nobody has outgrown it. */
export async function readProgrammeFunnel(ctx: Pick<Ctx, 'db' | 'tenant' | 'now'>): Promise<ProgrammeFunnel> {
  const [row] = await ctx.db.$queryRaw<Omit<ProgrammeFunnel, 'days'>[]>`
    SELECT count(*)::float8 AS accounts,
      count(*) FILTER (WHERE EXISTS (SELECT FROM developers AS d WHERE d."tenantId" = a."tenantId" AND d."accountId" = a.id AND d."emailConfirmedAt" IS NOT NULL))::float8 AS confirmed,
      count(*) FILTER (WHERE EXISTS (SELECT FROM applications AS p WHERE p."tenantId" = a."tenantId" AND p."accountId" = a.id AND p."firstCallAt" IS NOT NULL))::float8 AS called,
      count(*) FILTER (WHERE EXISTS (
        SELECT FROM applications AS p JOIN products AS o ON o."tenantId" = p."tenantId" AND o.id = p."productId"
        WHERE p."tenantId" = a."tenantId" AND p."accountId" = a.id AND p.state = 'live' AND p."planId" <> o."defaultPlanId"))::float8 AS grown
    FROM accounts AS a WHERE a."tenantId" = ${ctx.tenant.id} AND a."createdAt" >= ${new Date(ctx.now.getTime() - DAYS * 86_400_000).toISOString()}::timestamptz`
  return { days: DAYS, ...row! }
}
