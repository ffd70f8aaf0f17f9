import { Client } from 'undici'
import type { GatewayAnswer, GatewayRequest } from '@/lib/gateway/call-gateway'

/**
 * Calls the gateway of another process of this installation under GATEWAY_INTERNAL_URL. An address of ours from the
 * settings, never a tenant's word: that is why it may go past the egress guard. Products' own time limits end the call.
 */
export async function forwardInternally(baseUrl: string, host: string, { method, target, body }: GatewayRequest, headers: string[], bodyBytesMax: number, signal?: AbortSignal): Promise<Omit<GatewayAnswer, 'durationMs' | 'trace'>> {
  const client = new Client(new URL(baseUrl).origin, { connectTimeout: 5_000, headersTimeout: 130_000, bodyTimeout: 130_000 })
  try {
    const answer = await client.request({ path: target, method: method as 'GET', headers: [...headers, 'host', host], body: body ?? null, signal })
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > bodyBytesMax) break
    }
    const pairs = Object.entries(answer.headers).flatMap(([name, value]) => (Array.isArray(value) ? value : [value ?? '']).map((each): [string, string] => [name, each]))
    return { status: answer.statusCode, headers: pairs, body: Buffer.concat(chunks).subarray(0, bodyBytesMax), bodyCut: length > bodyBytesMax }
  } finally {
    await client.destroy()
  }
}
