import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '@/lib/free-port'

/** A real redis-server of the test's own, on a unix socket, as a cluster of one node so that keys in different slots are refused. */
export async function startRedis(): Promise<{ socket: string; admin: Redis; pid: number; stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'))
  const socket = join(dir, 'socket')
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', dir, '--save', '', '--cluster-enabled', 'yes', '--cluster-port', String(await freePort())], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  // However long the machine takes to start it: the bound of the hook is the only one.
  const admin = new Redis({ path: socket, retryStrategy: () => 25, maxRetriesPerRequest: null })
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
