import type { LiquidValue } from '@/lib/liquid/values'
import { drop, typedText } from '@/lib/liquid/values'
import { loadedOwnAccount, loadOwnAccount } from '@/lib/portal/drops/load-own-account'
import type { SourceText } from '@/lib/portal/mentions'
import type { Visit } from '@/lib/portal/portal-route'

/** `current_user` and `current_account` with their old names; nothing for visitors. */
export async function loadCurrent(visit: Visit, text: SourceText): Promise<Record<string, LiquidValue>> {
  if (!visit.developer || !ALIASES.test(text.all)) return {}
  const { user, account } = loadedOwnAccount(visit) ?? (needsLittle(text.all) ? await loadNames(visit) : await loadOwnAccount(visit, text.mentions('applications', 'subscribed_services', 'plan_change') ? { applications: 'all' } : {}))
  return { current_user: user, current_account: account, user_account: account, buyer_account: account, buyer: account }
}

const ALIASES = /current_user|current_account|user_account|buyer_account|\bbuyer\b(?=[\s.|%}])/
const NAMES = /\bcurrent_(user|account)\.(id|name|display_name|email|role|admin\?)(?![\w.?])/g
const QUESTIONS = /\b(if|elsif|unless|and|or)\s+current_(user|account)(?=\s|%)(?!\s*\.)/g

/** Most pages only greet: for a name and an address nobody needs applications, fields and limits. */
function needsLittle(sources: string): boolean {
  return !ALIASES.test(sources.replace(NAMES, '').replace(QUESTIONS, ''))
}

async function loadNames({ ctx, developer }: Visit) {
  const { id, accountId, name, email, role } = developer!
  const row = await ctx.db.account.findUnique({ where: { id: accountId }, select: { orgName: true } })
  const orgName = row?.orgName ?? ''
  return {
    user: drop('user', Number(id), { id: Number(id), name: typedText(name), display_name: typedText(name), email: typedText(email), role, 'admin?': role === 'admin' }, name),
    account: drop('account', Number(accountId), { id: Number(accountId), name: typedText(orgName), display_name: typedText(orgName) }, orgName),
  }
}
