import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { answerReady } from '@/lib/http/health'
import { perProcess } from '@/lib/per-process'

/** The registry of this process; whoever measures something adds to it. */
export function metrics(): Registry {
  return perProcess('metrics', () => {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry, prefix: 'gatehouse_' })
    registry.removeSingleMetric('gatehouse_nodejs_version_info') // versions are nobody's business (REL-1)
    return registry
  })
}

/** `/metrics` on a port of its own, never on the one the world sees (REL-1). Rejects where the port is taken. */
export async function startMetricsServer(port: number, host: string): Promise<Server> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
    collect().then(
      (text) => response.writeHead(200, { 'content-type': metrics().contentType }).end(text),
      () => response.writeHead(500).end(), // a collector failed; the next scrape tries again
    )
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return server
}

async function collect(): Promise<string> {
  const { status } = await answerReady()
  return `${await metrics().metrics()}# HELP gatehouse_ready Whether every part works.\n# TYPE gatehouse_ready gauge\ngatehouse_ready ${status === 200 ? 1 : 0}\n`
}
