import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** For tests: a private API that remembers what reached it and answers as it is told. */
export type Upstream = {
  url: string
  port: number
  seen: SeenCall[]
  /** How the next calls are answered; without it each one is echoed as JSON. */
  answer: RequestListener | null
  close(): Promise<void>
}

export type SeenCall = { method: string; url: string; rawHeaders: string[]; headers: IncomingMessage['headers']; body: Buffer | null; request: IncomingMessage }

export async function startUpstream(): Promise<Upstream> {
  const { upstream, listen } = createUpstream()
  await listen()
  return upstream
}

/** One that does not listen yet: its `url` and `port` are there once it does. */
export function createUpstream(): { upstream: Upstream; listen(): Promise<void> } {
  const server = createHttpServer({ maxHeaderSize: 64 * 1024 }, (request, response) => void receive(request, response))
  server.keepAliveTimeout = 60_000
  const upstream: Upstream = {
    url: '',
    port: 0,
    seen: [],
    answer: null,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, rawHeaders, headers } = request
    const seen: SeenCall = { method: method!, url: url!, rawHeaders, headers, body: null, request }
    upstream.seen.push(seen)
    request.on('error', () => {})
    if (upstream.answer) return upstream.answer(request, response)
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    } catch {
      // The gateway gave up on this call.
      return
    }
    seen.body = Buffer.concat(chunks)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, headers: rawHeaders, body: seen.body.toString('latin1') }))
  }
  return {
    upstream,
    async listen() {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      upstream.port = (server.address() as AddressInfo).port
      upstream.url = `http://127.0.0.1:${upstream.port}`
    },
  }
}

/** Says exactly these bytes to whoever connects, as soon as it has heard a whole head. */
export async function startRawUpstream(reply: (socket: Socket) => void): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    let heard = ''
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      if (!heard.includes('\r\n\r\n')) return
      heard = ''
      reply(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
