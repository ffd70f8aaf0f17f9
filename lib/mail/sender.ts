import { env } from '@/lib/env'

/** A sender with our own address, as From stays until the tenant has proved a domain (ML-1). */
export function ourSender(name: string): string {
  const { SITE_DOMAIN } = env()
  return namedSender(name, `no-reply@${SITE_DOMAIN === 'localhost' ? 'gatehouse.localhost' : SITE_DOMAIN}`)
}

/** `Acme <api@acme.com>`. Of the name is left what needs no quotes in a header. */
export function namedSender(name: string, address: string): string {
  const plain = name.replace(/[\p{Cc}\u2028\u2029"<>(),;:\\@[\]]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 60)
  return `${plain || 'Gatehouse'} <${address}>`
}
