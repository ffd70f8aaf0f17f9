import type { ReactNode } from 'react'
import { readAccount } from './_read-account'

/** Looks before anything is sent: below a skeleton the answer would be 200 already, and nobody's account is a 404 (ISO-5). */
export default async function AccountLayout({ params, children }: { params: Promise<{ account: string }>; children: ReactNode }) {
  await readAccount((await params).account)
  return children
}
