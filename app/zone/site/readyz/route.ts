import { answerReady } from '@/lib/http/health'

export const dynamic = 'force-dynamic'

/** Under server.ts the front door answers first; this one is for plain `next start`. */
export async function GET(): Promise<Response> {
  const { status, body } = await answerReady()
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
}
