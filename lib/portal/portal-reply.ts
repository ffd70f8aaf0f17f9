import type { Flash, SessionChange } from '@/lib/portal/portal-route'

/** A finished answer, before cookies and cache headers, which are the door's. */
export type PortalReply = {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
  /** For the next page. */
  flash: Flash | null
  /** This page has shown what was left to say. */
  showsFlash: boolean
  session: SessionChange | null
}

export function makeReply(part: Pick<PortalReply, 'status' | 'headers' | 'body'> & Partial<PortalReply>): PortalReply {
  return { flash: null, showsFlash: false, session: null, ...part }
}
