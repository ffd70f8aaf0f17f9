import { drop, type Drop, type LiquidObject } from '@/lib/liquid/values'
import { sectionOf } from '@/lib/portal/assigns/url-drops'
import type { Flash, PortalRequest, Visit } from '@/lib/portal/portal-route'

/** `flash.messages`, each with `type` and `text`; what is said is text of ours. */
export function flashDrop(messages: Flash[]): LiquidObject {
  return { messages: messages.map(({ type, text }, at) => drop('flash_message', at, { type, text }, text)) }
}

/** The date in the tenant's time zone. */
export function todayDrop(now: Date, timeZone: string): Drop {
  const [year, month, day] = dateIn(now, timeZone)
  const text = `${year}-${pad(month)}-${pad(day)}`
  return drop('date', text, { year, month, day, beginning_of_month: `${year}-${pad(month)}-01` }, text)
}

/** Formats for the `date` filter. */
export const i18nDrop: LiquidObject = { short_date: '%b %d', long_date: '%B %d, %Y', default_date: '%Y-%m-%d', default_time: '%d %b %Y %H:%M:%S %Z' }

export function requestDrop(visit: Visit, { path, query }: PortalRequest): LiquidObject {
  const { host, hostname } = new URL(visit.origin)
  const search = query.toString()
  const uri = path + (search && `?${search}`)
  return { request_uri: uri, original_url: visit.origin + uri, host_with_port: host, host: hostname, path, 'xhr?': false }
}

/** Which items of the menus are lit. */
export function menuDrop(path: string, isOwnPage: boolean): LiquidObject {
  const section = isOwnPage ? 'portal' : sectionOf(path)
  const below = path.split('/')[3] ?? ''
  const submenu = section === 'account' ? ({ '': 'overview', edit: 'overview', personal_details: 'personal_details', users: 'users', invitations: 'invitations', plan_changes: 'plan_changes', password: 'personal_details' }[below] ?? below) : below
  return { active_menu: section, active_submenu: submenu, active_sidebar: submenu }
}

function dateIn(now: Date, timeZone: string): [number, number, number] {
  try {
    const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now)
    const read = (type: string) => Number(parts.find((part) => part.type === type)?.value)
    return [read('year'), read('month'), read('day')]
  } catch {
    return [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()] // a zone this machine does not know
  }
}

const pad = (number: number) => String(number).padStart(2, '0')
