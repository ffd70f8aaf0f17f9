// The measure the gateway is held against: the least a streaming proxy on Node and undici does, and nothing else.
// Usage: bare-proxy.mjs <upstream origin>; prints its port.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const upstream = new Pool(process.argv[2], { connections: 100, pipelining: 1 })
const host = new URL(process.argv[2]).host
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'te', 'trailer', 'expect'])

const server = createServer((request, response) => {
  const headers = ['host', host]
  const { rawHeaders } = request
  for (let i = 0; i < rawHeaders.length; i += 2) if (!HOP.has(rawHeaders[i].toLowerCase())) headers.push(rawHeaders[i], rawHeaders[i + 1])
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  let exchange
  response.on('close', () => exchange?.abort(new Error('gone')))
  upstream.dispatch({ path: request.url, method: request.method, headers, body: hasBody ? request : null }, {
    onRequestStart: (controller) => void (exchange = controller),
    onResponseStart(_, status, answer) {
      const out = []
      for (const name in answer) if (!HOP.has(name)) out.push(name, answer[name])
      response.writeHead(status, out)
    },
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return
      controller.pause()
      response.once('drain', () => controller.resume())
    },
    onResponseEnd() {
      exchange = undefined
      response.end()
    },
    onResponseError() {
      if (response.headersSent) return void response.destroy()
      response.writeHead(502).end()
    },
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
