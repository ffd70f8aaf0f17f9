// An upstream that takes its time: half a second for each answer. Prints its port.
import { createServer } from 'node:http'

const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => setTimeout(() => response.writeHead(200, ['Content-Length', '2']).end('ok'), 500))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
