import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'

/**
 * Upstash's REST interface in small, over a real Redis: `POST /` with a command as JSON array, `/pipeline`,
 * `/multi-exec`, bearer token, base64 answers where asked for. Like Upstash it takes scripts with a shebang line, which stock Redis refuses.
 */
export async function startRedisRest(redisUrl: string, token = 'local-token'): Promise<{ url: string; token: string; close(): Promise<void> }> {
  const redis = new Redis(redisUrl)
  redis.on('error', () => {}) // said in the answers
  const plainNames = new Map<string, string>()
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')

  const adapt = (command: string[]): string[] => {
    const [verb = '', first = '', ...rest] = command
    if (/^eval$/i.test(verb) || (/^script$/i.test(verb) && /^load$/i.test(first))) {
      const at = /^eval$/i.test(verb) ? 1 : 2
      const plain = command[at]!.replace(/^#![^\n]*\n/, '')
      plainNames.set(sha1(command[at]!), sha1(plain))
      return command.with(at, plain)
    }
    return /^evalsha$/i.test(verb) ? [verb, plainNames.get(first) ?? first, ...rest] : command
  }

  const run = async (command: unknown): Promise<{ result: unknown } | { error: string }> => {
    if (!Array.isArray(command) || command.length === 0) return { error: 'ERR a command is a non-empty array' }
    const [verb, ...args] = adapt(command.map(String))
    try {
      return { result: await redis.call(verb!, ...args) }
    } catch (error) {
      return { error: (error as Error).message }
    }
  }

  const runAll = async (commands: unknown, atomic: boolean) => {
    if (!Array.isArray(commands)) return { error: 'ERR a list of commands is expected' }
    if (!atomic) {
      const answers = []
      for (const command of commands) answers.push(await run(command))
      return answers
    }
    const results = await redis.multi(commands.map((command) => adapt((command as unknown[]).map(String)))).exec()
    return (results ?? []).map(([error, result]) => (error ? { error: error.message } : { result }))
  }

  const server = createServer(async (request, response) => {
    const say = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.headers.authorization !== `Bearer ${token}`) return void say(401, { error: 'Unauthorized' })
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null')
      const path = (request.url ?? '/').split('?')[0]
      const answer = path === '/pipeline' ? await runAll(body, false) : path === '/multi-exec' ? await runAll(body, true) : await run(body)
      const encoded = request.headers['upstash-encoding'] === 'base64' ? encodeAnswers(answer) : answer
      say(!Array.isArray(answer) && 'error' in answer ? 400 : 200, encoded)
    } catch (error) {
      say(400, { error: `ERR ${(error as Error).message}` })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      redis.disconnect()
    },
  }
}

/** Upstash encodes every string but `OK`. */
function encodeAnswers(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(encodeAnswers)
  return typeof answer === 'object' && answer !== null && 'result' in answer ? { result: encodeStrings(answer.result) } : answer
}

function encodeStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encodeStrings)
  return typeof value === 'string' && value !== 'OK' ? Buffer.from(value).toString('base64') : value
}
