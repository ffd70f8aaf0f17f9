import { z } from 'zod'
import { notFound } from '@/lib/errors'
import { diffConfigs } from '@/lib/products/diff-configs'
import { completeConfig, type GatewayConfig } from '@/lib/products/gateway-config'
import { readSnapshot } from '@/lib/products/promote-config'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

/** Versions by number; 0 is staging as it is now. */
const version = z.coerce.number({ error: 'Choose a version.' }).int('Choose a version.').min(0, 'Choose a version.')

export const versionComparisonInput = z.object({ productId: idInput, from: version, to: version })
export type VersionComparisonInput = z.input<typeof versionComparisonInput>

/** What is different in `to` against `from`, a line each; empty: the same. Throws `not_found`. */
export async function compareVersions(ctx: Ctx, raw: VersionComparisonInput): Promise<{ changes: string[] }> {
  const { productId, from, to } = versionComparisonInput.parse(raw)
  const [before, after] = await Promise.all([readVersion(ctx, productId, from), readVersion(ctx, productId, to)])
  return { changes: diffConfigs(before, after) }
}

async function readVersion(ctx: Ctx, productId: bigint, number: number): Promise<GatewayConfig> {
  if (number === 0) return readSnapshot(ctx.db, productId)
  const row = await ctx.db.configVersion.findFirst({ where: { productId, version: number }, select: { content: true } })
  if (!row) throw notFound()
  return completeConfig(row.content)
}
