import { namedSender, ourSender } from '@/lib/mail/sender'
import { normalEmail } from '@/lib/tenants/login-names'

export type MailHeaders = { subject: string; sender: string; replyTo: string | null; copies: string[]; send: boolean }

type House = {
  tenantName: string
  contactEmail: string | null
  /** Whether an address stands at a domain the tenant has proved (ML-1). */
  isProved: (address: string) => Promise<boolean>
}

const COPIES_MAX = 5

/**
 * What a template's `email` tag asks for, as far as it may: From is ours with the tenant's name, or an address of a proved
 * domain; everything that is no address is passed over (ML-1). Further headers of a template's own are not sent.
 */
export async function readMailHeaders(headers: Record<string, string>, fallbackSubject: string, { tenantName, contactEmail, isProved }: House): Promise<MailHeaders> {
  const own = parseSender(headers.from ?? '')
  const name = own.name || tenantName
  const wanted = own.address ?? contactEmail
  return {
    subject: oneLine(headers.subject ?? '') || oneLine(fallbackSubject),
    sender: wanted !== null && (await isProved(wanted)) ? namedSender(name, wanted) : ourSender(`${name} via Gatehouse`),
    replyTo: normalEmail(headers.reply_to ?? '') ?? contactEmail,
    copies: [...new Set([headers.cc, headers.bcc].flatMap((list) => (list ?? '').split(',')).flatMap((address) => normalEmail(address) ?? []))].slice(0, COPIES_MAX),
    send: headers.do_not_send === undefined,
  }
}

/** `Acme <api@acme.com>`, `api@acme.com` or a display name alone. */
function parseSender(from: string): { name: string; address: string | null } {
  const [, name = '', inside] = /^([^<>]*)<([^<>]+)>\s*$/.exec(from) ?? []
  if (inside !== undefined) return { name: name.trim(), address: normalEmail(inside) }
  const address = normalEmail(from)
  return address ? { name: '', address } : { name: from.trim(), address: null }
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim().slice(0, 200)
}
