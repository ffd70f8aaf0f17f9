import { env } from '@/lib/env'
import { perProcess } from '@/lib/per-process'

/** The port really bound; differs from the setting with `PORT=0`. Told by server.ts once it listens. */
export function setBoundPort(port: number): void {
  bound().port = port
}

/**
 * Scheme, host and port as a browser must write them, for a stored host name (ZONE-5): mails, links between zones,
 * what the command line prints. Behind https the world sees the scheme's own port, whatever we listen on.
 */
export function publicOrigin(hostName: string): string {
  const { PUBLIC_SCHEME } = env()
  const { port } = bound()
  return PUBLIC_SCHEME === 'https' || port === 80 ? `${PUBLIC_SCHEME}://${hostName}` : `${PUBLIC_SCHEME}://${hostName}:${port}`
}

const bound = () => perProcess('boundPort', () => ({ port: env().PORT }))
