// Where nginx is not installed: an upstream that always says the same. Usage: fixed-upstream.mjs <body>; prints its port.
import { createServer } from 'node:http'

const body = Buffer.from(process.argv[2])
const headers = ['Content-Type', 'application/json', 'Content-Length', String(body.length)]
const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => response.writeHead(200, headers).end(body))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
