import { z } from 'zod'
import type { Member } from '@/lib/db/generated/client'
import { invalid, notFound } from '@/lib/errors'
import { answer, linksOf, requiredText, text, texts } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { allowedSections, permissionsOfSections, sectionNames } from '@/lib/management/sections'
import type { Ctx } from '@/lib/tenants/context'
import { inviteMember } from '@/lib/tenants/invite-member'
import { changeMemberRole, removeMember, resumeMember, suspendMember } from '@/lib/tenants/manage-members'
import { permissions } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'members', formats: ['json', 'xml'], tag: 'Own users' } as const
const empty = z.object({})

export const memberAnswer = z.object({
  id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  state: z.enum(['pending', 'active', 'suspended']),
  role: z.enum(['admin', 'member']),
  username: z.string(),
  email: z.string(),
  name: z.string(),
  links: answer.links,
})
const one = { kind: 'one', name: 'user', schema: memberAnswer, status: 200 } as const

const permissionsAnswer = z.object({ user_id: answer.id, role: z.enum(['admin', 'member']), allowed_sections: z.array(z.string()), allowed_service_ids: z.null().describe('Members see all products.') })
const ofPermissions = { kind: 'one', name: 'permissions', schema: permissionsAnswer, status: 200 } as const

/** The people of the tenant itself. */
export const memberRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/users',
    summary: 'List your own users',
    input: z.object({ state: z.enum(['pending', 'active', 'suspended']).optional(), role: z.enum(['admin', 'member']).optional() }),
    paged: true,
    answers: { kind: 'many', name: 'users', each: 'user', schema: memberAnswer },
    async handle({ ctx, input, page, origin }) {
      const rows = await ctx.db.member.findMany({ where: input, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => memberJson(row, origin)), total: await ctx.db.member.count({ where: input }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/users',
    summary: 'Invite a colleague by e-mail; they choose their password themselves',
    input: z.object({ email: requiredText(), username: text(100).optional(), first_name: text(100).optional(), last_name: text(100).optional(), role: z.enum(['admin', 'member']).optional(), allowed_sections: texts(20).optional() }),
    answers: { ...one, status: 201 },
    async handle({ ctx, input, origin }) {
      const name = `${input.first_name ?? ''} ${input.last_name ?? ''}`.trim() || input.username || input.email
      const { id: memberId } = await inviteMember(ctx, { email: input.email, name: name.slice(0, 100), role: input.role, permissions: input.allowed_sections && permissionsOfSections(input.allowed_sections) })
      return read(ctx, memberId, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/users/:user_id',
    summary: 'Read one of your own users',
    input: empty,
    answers: one,
    handle: ({ ctx, ids, origin }) => read(ctx, ids.user_id!, origin),
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/users/:user_id',
    summary: 'Remove one of your own users with sessions and access tokens',
    input: empty,
    answers: { kind: 'nothing' },
    handle: ({ ctx, ids }) => removeMember(ctx, { memberId: ids.user_id! }),
  }),
  move('admin', 'Make one of your own users an admin', (ctx, memberId) => changeMemberRole(ctx, { memberId, role: 'admin' })),
  move('member', 'Make one of your own users a member, with the permissions they had', async (ctx, memberId) => {
    const { role, permissions: held } = await rowOf(ctx, memberId)
    await changeMemberRole(ctx, { memberId, role: 'member', permissions: role === 'admin' ? [] : permissions.filter((each) => held.includes(each)) })
  }),
  move('suspend', 'Suspend one of your own users', (ctx, memberId) => suspendMember(ctx, { memberId })),
  move('unsuspend', 'Let a suspended user in again', (ctx, memberId) => resumeMember(ctx, { memberId })),
  managementRoute({
    ...common,
    formats: ['json'],
    method: 'GET',
    path: '/admin/api/users/:user_id/permissions',
    summary: 'Read what one of your own users may do',
    input: empty,
    answers: ofPermissions,
    handle: async ({ ctx, ids }) => permissionsJson(await rowOf(ctx, ids.user_id!)),
  }),
  managementRoute({
    ...common,
    formats: ['json'],
    errorNames: { permissions: 'allowed_sections' },
    method: 'PUT',
    path: '/admin/api/users/:user_id/permissions',
    summary: 'Set what one of your own users may do',
    input: z.object({ allowed_sections: texts(20).refine((names) => names.every((name) => sectionNames.includes(name)), `Choose among ${sectionNames.join(', ')}.`), allowed_service_ids: z.unknown().optional() }),
    answers: ofPermissions,
    async handle({ ctx, ids, input }) {
      const row = await rowOf(ctx, ids.user_id!)
      // Nothing here narrows a member to some products: to accept it would be to promise it.
      if (input.allowed_service_ids !== undefined && input.allowed_service_ids !== null && input.allowed_service_ids !== '') throw invalid({ allowed_service_ids: ['Members see all products here. Leave this out.'] })
      if (row.role === 'admin') throw invalid({ allowed_sections: ['An admin may do everything. Make the user a member first.'] })
      await changeMemberRole(ctx, { memberId: row.id, role: 'member', permissions: permissionsOfSections(input.allowed_sections) })
      return permissionsJson(await rowOf(ctx, row.id))
    },
  }),
]

function move(verb: string, summary: string, act: (ctx: Ctx, memberId: bigint) => Promise<void>): ManagementRoute {
  return managementRoute({
    ...common,
    method: 'PUT',
    path: `/admin/api/users/:user_id/${verb}`,
    summary,
    input: empty,
    answers: one,
    async handle({ ctx, ids, origin }) {
      await act(ctx, ids.user_id!)
      return read(ctx, ids.user_id!, origin)
    },
  })
}

/** A person of the tenant. One who has no user name is known by the e-mail. */
export function memberJson({ id, createdAt, state, role, userName, email, name }: Member, origin: string) {
  return { id, created_at: createdAt, updated_at: createdAt, state, role, username: userName ?? email, email, name, links: linksOf(origin, { self: `/admin/api/users/${id}`, permissions: `/admin/api/users/${id}/permissions` }) }
}

function permissionsJson({ id, role, permissions: held }: Member) {
  return { user_id: id, role, allowed_sections: allowedSections(role === 'admin' ? permissions : permissions.filter((each) => held.includes(each))), allowed_service_ids: null }
}

async function rowOf(ctx: Ctx, memberId: bigint): Promise<Member> {
  const row = await ctx.db.member.findUnique({ where: { id: memberId } })
  if (!row) throw notFound()
  return row
}

async function read(ctx: Ctx, memberId: bigint, origin: string) {
  return memberJson(await rowOf(ctx, memberId), origin)
}
