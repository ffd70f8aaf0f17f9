import { createHash } from 'node:crypto'
import { z } from 'zod'
import { addAppKey, revokeCredential } from '@/lib/applications/change-credentials'
import { appKeyHash } from '@/lib/applications/credential-hash'
import { addReferrerFilter, removeReferrerFilter } from '@/lib/applications/referrer-filters'
import { sameSecret } from '@/lib/crypto'
import { notFound } from '@/lib/errors'
import { applicationAnswer, auditShown, getApplicationRow, oneApplicationJson, plainKey } from '@/lib/management/application-json'
import { answer, linksOf, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { key: 'value', referrerFilter: 'referrer_filter' }
const common = { scope: 'account_management', may: 'partners', formats: ['json', 'xml'], tag: 'Application keys', errorNames } as const
const made = { kind: 'one', name: 'application', schema: applicationAnswer, status: 201 } as const
const empty = z.object({})
const application = '/admin/api/accounts/:account_id/applications/:application_id'

const keyAnswer = z.object({
  id: answer.id,
  value: z.string().nullable(),
  created_at: answer.time,
  updated_at: answer.time,
  last_used_at: answer.time.nullable(),
  expires_at: answer.time.nullable(),
  links: answer.links,
})

const filterAnswer = z.object({ id: answer.id, value: z.string(), created_at: answer.time, updated_at: answer.time })

/** Application keys and referrer filters. */
export const applicationKeyRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: `${application}/keys`,
    summary: 'List the keys of an application',
    input: empty,
    answers: { kind: 'many', name: 'keys', each: 'key', schema: keyAnswer },
    async handle({ ctx, ids, origin }) {
      const row = await rowOf(ctx, ids)
      await auditShown(ctx, [row])
      const keys = row.credentials.filter(({ kind }) => kind === 'app_key')
      const links = linksOf(origin, { application: `/admin/api/accounts/${row.accountId}/applications/${row.id}`, service: `/admin/api/services/${row.productId}` })
      const items = keys.map((key) => ({ id: key.id, value: plainKey(ctx, key), created_at: key.createdAt, updated_at: key.createdAt, last_used_at: key.lastUsedAt, expires_at: key.expiresAt, links }))
      return { items, total: items.length }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: `${application}/keys`,
    summary: 'Add a key to an application; without one we make it',
    input: z.object({ key: text().optional() }),
    answers: made,
    async handle({ ctx, ids, input, origin }) {
      const { id: applicationId } = await rowOf(ctx, ids)
      await addAppKey(ctx, { applicationId, key: input.key })
      return oneApplicationJson(ctx, await rowOf(ctx, ids), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${application}/keys/:key`,
    texts: { key: 'The key itself, or its id' },
    summary: 'Revoke a key of an application',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids, texts }) {
      const row = await rowOf(ctx, ids)
      const hash = appKeyHash(row.productId, row.id, texts.key!)
      const key = row.credentials.find(({ kind, id, hash: own }) => kind === 'app_key' && (sameSecret(own, hash) || String(id) === texts.key))
      if (!key) throw notFound()
      await revokeCredential(ctx, { credentialId: key.id })
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${application}/referrer_filters`,
    summary: 'List the referrer filters of an application',
    input: empty,
    answers: { kind: 'many', name: 'referrer_filters', each: 'referrer_filter', schema: filterAnswer },
    async handle({ ctx, ids }) {
      const { referrerFilters, createdAt } = await rowOf(ctx, ids)
      return { items: referrerFilters.map((value) => ({ id: filterId(value), value, created_at: createdAt, updated_at: createdAt })), total: referrerFilters.length }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: `${application}/referrer_filters`,
    summary: 'Add a referrer filter such as *.example.com',
    input: z.object({ referrer_filter: requiredText(255) }),
    answers: made,
    async handle({ ctx, ids, input, origin }) {
      const { id: applicationId } = await rowOf(ctx, ids)
      await addReferrerFilter(ctx, { applicationId, filter: input.referrer_filter })
      return oneApplicationJson(ctx, await rowOf(ctx, ids), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${application}/referrer_filters/:referrer_filter_id`,
    summary: 'Remove a referrer filter',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: applicationId, referrerFilters } = await rowOf(ctx, ids)
      const filter = referrerFilters.find((each) => filterId(each) === Number(ids.referrer_filter_id))
      if (filter === undefined) throw notFound()
      await removeReferrerFilter(ctx, { applicationId, filter })
    },
  }),
]

async function rowOf(ctx: Ctx, ids: Record<string, bigint>) {
  return getApplicationRow(ctx, { id: ids.application_id!, accountId: ids.account_id! })
}

/** Filters are texts without ids of their own: a number made of the text, the same at every call. */
function filterId(filter: string): number {
  return createHash('sha256').update(filter).digest().readUInt32BE(0) + 1
}
