import { z } from 'zod'
import { AppError, notFound } from '@/lib/errors'
import { answer, moment, requiredText, texts } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute, type Reach } from '@/lib/management/management-route'
import { accessTokenScopes, createAccessTokenFor, revokeAccessToken, type AccessTokenInput } from '@/lib/tenants/access-tokens'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { expiresAt: 'expires_at' }
const common = { scope: 'account_management', may: null, formats: ['json', 'xml'], tag: 'Access tokens', errorNames } as const

const tokenFacts = {
  id: answer.id,
  name: z.string(),
  permission: z.enum(['ro', 'rw']),
  scopes: z.array(z.enum(accessTokenScopes)),
  created_at: answer.time,
  expires_at: answer.time.nullable(),
}
const tokenAnswer = z.object(tokenFacts)
const newTokenAnswer = z.object({ ...tokenFacts, value: z.string().describe('Shown this once.') })

const tokenInput = z.object({ name: requiredText(100), permission: z.enum(['ro', 'rw'], { error: 'Choose ro or rw.' }), scopes: texts(5), expires_at: moment().optional() })
const made = { kind: 'one', name: 'access_token', schema: newTokenAnswer, status: 201 } as const

/** Tokens of the caller, and of others for an admin. A token never makes one that goes further than itself. */
export const accessTokenRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/personal/access_tokens',
    summary: 'List your access tokens',
    input: z.object({}),
    paged: true,
    answers: { kind: 'many', name: 'access_tokens', each: 'access_token', schema: tokenAnswer },
    async handle({ ctx, page }) {
      const where = { memberId: ownId(ctx), revokedAt: null }
      const rows = await ctx.db.accessToken.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map(tokenJson), total: await ctx.db.accessToken.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/personal/access_tokens',
    summary: 'Make an access token for yourself',
    input: tokenInput,
    shownOnce: true,
    answers: made,
    handle: ({ ctx, input, reach }) => make(ctx, ownId(ctx), input, reach),
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/personal/access_tokens/:access_token_id',
    summary: 'Read one of your access tokens, without its value',
    input: z.object({}),
    answers: { kind: 'one', name: 'access_token', schema: tokenAnswer, status: 200 },
    async handle({ ctx, ids }) {
      return tokenJson(await getOwn(ctx, ids.access_token_id!))
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/personal/access_tokens/:access_token_id',
    summary: 'Revoke one of your access tokens',
    input: z.object({}),
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: accessTokenId } = await getOwn(ctx, ids.access_token_id!)
      await revokeAccessToken(ctx, { accessTokenId })
    },
  }),
  managementRoute({
    ...common,
    may: 'members',
    method: 'POST',
    path: '/admin/api/users/:user_id/access_tokens',
    summary: 'Make an access token for one of your own users; for admins',
    input: tokenInput,
    shownOnce: true,
    answers: made,
    async handle({ ctx, ids, input, reach }) {
      const { actor } = ctx
      const isAdmin = actor.kind === 'system' || (actor.kind === 'member' && (actor.role === 'admin' || actor.id === ids.user_id))
      if (!(await ctx.db.member.findUnique({ where: { id: ids.user_id! }, select: { id: true } }))) throw notFound()
      if (!isAdmin) throw new AppError('forbidden')
      return make(ctx, ids.user_id!, input, reach)
    },
  }),
]

type Wanted = z.output<typeof tokenInput>

async function make(ctx: Ctx, memberId: bigint, { name, permission, scopes, expires_at: expiresAt }: Wanted, reach: Reach) {
  // What it cannot do itself, a stolen token must not do through another one.
  const further = scopes.filter((scope) => reach.scopes !== 'all' && !reach.scopes.has(scope))
  if (further.length > 0) throw new AppError('invalid', { fields: { scopes: [`Your own token lacks ${further.join(', ')}, so it cannot give it to another.`] } })
  if (reach.expiresAt && (!expiresAt || expiresAt > reach.expiresAt)) throw new AppError('invalid', { fields: { expires_at: ['Your own token ends earlier. Choose a moment before its end.'] } })
  if (expiresAt && expiresAt <= ctx.now) throw new AppError('invalid', { fields: { expires_at: ['Choose a moment in the future.'] } })
  const { id, token } = await createAccessTokenFor(ctx, memberId, { name, permission, scopes: scopes as AccessTokenInput['scopes'], expiresAt: expiresAt ?? null })
  return { ...tokenJson(await ctx.db.accessToken.findUniqueOrThrow({ where: { id } })), value: token }
}

function tokenJson({ id, name, permission, scopes, createdAt, expiresAt }: { id: bigint; name: string; permission: string; scopes: string[]; createdAt: Date; expiresAt: Date | null }) {
  return { id, name, permission, scopes, created_at: createdAt, expires_at: expiresAt }
}

async function getOwn(ctx: Ctx, accessTokenId: bigint) {
  const token = await ctx.db.accessToken.findFirst({ where: { id: accessTokenId, memberId: ownId(ctx), revokedAt: null } })
  if (!token) throw notFound()
  return token
}

/** The provider key is nobody's: it has no tokens of its own. */
function ownId({ actor }: Ctx): bigint {
  if (actor.kind !== 'member') throw new AppError('forbidden')
  return actor.id
}
