// The Web mount without Next: the same core behind `Request` and `Response`, on the least of servers. What Next adds to
// it stands beside it in the table. Prints its port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'
import { loadGateway } from '@/lib/gateway/load-gateway'
import { newRequestId } from '@/lib/ids'
import { normalHost } from '@/lib/zones/zone-of-host'

await openDatabase()
await migrateDatabase()
const gateway = await loadGateway()

const server = createServer((request, response) => {
  const headers = new Headers()
  for (let i = 0; i < request.rawHeaders.length; i += 2) headers.append(request.rawHeaders[i]!, request.rawHeaders[i + 1]!)
  const hasBody = headers.has('content-length') || headers.has('transfer-encoding')
  const body = hasBody ? (Readable.toWeb(request) as unknown as globalThis.ReadableStream<Uint8Array>) : null
  const hostHeader = request.headers.host ?? ''
  const facts = { host: normalHost(hostHeader) ?? '', hostHeader, scheme: 'http', clientAddress: '127.0.0.1', requestId: newRequestId(), receivedAt: Date.now() }
  gateway.respond({ method: request.method!, target: request.url!, headers, body }, facts).then(
    (answer) => {
      response.writeHead(answer.status, [...answer.headers].flat())
      if (answer.body) Readable.fromWeb(answer.body as unknown as ReadableStream).pipe(response)
      else response.end()
    },
    () => response.destroy(),
  )
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.on('SIGTERM', () => process.exit(0))
