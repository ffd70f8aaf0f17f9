import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'

/** A stand-in for Upstash' REST interface over a real Redis: a command as a JSON array in, `{ result }` or `{ error }` out. */
export async function startRestRedis(redis: Redis): Promise<{ url: string; token: string; stop(): Promise<void> }> {
  const token = 'rest-token'
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const answer = (status: number, body: unknown) => res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (req.headers.authorization !== `Bearer ${token}`) return void answer(401, { error: 'Unauthorized' })
      const [command, ...args] = JSON.parse(Buffer.concat(chunks).toString()) as [string, ...(string | number)[]]
      redis.call(command, ...args.map(String)).then(
        (result) => answer(200, { result }),
        (error: Error) => answer(400, { error: error.message }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  }
}
