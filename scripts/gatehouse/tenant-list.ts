import { listTenants } from '@/lib/tenants/queries'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import type { Command } from '@/scripts/gatehouse/command'
import { adminUrlOf } from '@/scripts/gatehouse/connection'

export const tenantList: Command = {
  name: 'tenant list',
  summary: 'List the tenants of this installation.',
  usage: '',
  options: {},
  examples: ['gatehouse tenant list'],
  async run() {
    const json = []
    for (const { id, slug, name, state, createdAt, trialEndsAt, ...rest } of await listTenants()) {
      const tenant = { id, slug, ...rest }
      json.push({ id: Number(id), slug, org: name, state, admin_url: await adminUrlOf(tenant), portal_url: await portalUrlOf(tenant), created_at: createdAt.toISOString(), trial_ends_at: trialEndsAt?.toISOString() ?? null })
    }
    if (json.length === 0) return { json, text: 'There is no tenant yet. Make one with: tenant create' }
    const columns = [['SLUG', 'ORGANISATION', 'STATE', 'DASHBOARD'], ...json.map(({ slug, org, state, admin_url }) => [slug, org, state, admin_url])]
    const widths = columns[0]!.map((_, index) => Math.max(...columns.map((row) => row[index]!.length)))
    return { json, text: columns.map((row) => row.map((cell, index) => cell.padEnd(widths[index]!)).join('  ').trimEnd()).join('\n') }
  },
}
