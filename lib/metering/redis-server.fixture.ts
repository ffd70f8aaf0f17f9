import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A real redis-server of the test's own, on a unix socket, as a cluster of one node so that keys in different slots are refused. */
export async function startRedis(): Promise<{ socket: string; admin: Redis; pid: number; stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'))
  const socket = join(dir, 'socket')
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', dir, '--save', '', '--cluster-enabled', 'yes', '--cluster-port', String(await freePort())], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const admin = new Redis({ path: socket, retryStrategy: (times) => (times > 200 ? null : 25) })
  // Refused connections before the socket is there are expected; the client tries again.
  admin.on('error', () => {})
  await admin.cluster('ADDSLOTSRANGE', 0, 16383)
  while (!String(await admin.cluster('INFO')).includes('cluster_state:ok')) await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    socket,
    admin,
    pid: server.pid!,
    async stop() {
      admin.disconnect()
      server.kill('SIGKILL')
      await exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
