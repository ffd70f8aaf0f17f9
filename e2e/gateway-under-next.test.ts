import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { openHttpDoor, send } from '@/lib/gateway/doors.contract'
import type { Door } from '@/lib/gateway/doors.contract'
import { describeGateway } from '@/lib/gateway/gateway.contract'
import { makeProduct } from '@/lib/gateway/product.fixture'
import { defaultErrorAnswers } from '@/lib/products/gateway-config'

const root = fileURLToPath(new URL('..', import.meta.url))
const database = testDatabase()
let next: ChildProcess
let port: number
let dataDir: string

// The second mount: plain `next start`, without server.ts, on the same database.
beforeAll(async () => {
  if (!existsSync(join(root, '.next', 'BUILD_ID'))) throw new Error('Build first: npm run build')
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-next-'))
  port = await freePort()
  next = spawn(join(root, 'node_modules/node/bin/node'), [join(root, 'node_modules/next/dist/bin/next'), 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATA_DIR: dataDir,
      DATABASE_URL: database.urls.owner,
      DATABASE_APP_URL: database.urls.app ?? '',
      DATABASE_DIRECT_URL: database.urls.direct,
      SECRET_KEY: env().secretKeys.join(','),
      EGRESS_ALLOW: '127.0.0.0/8:*',
      ROLES: 'web,gateway',
    },
  })
})

afterAll(async () => {
  if (next?.exitCode === null && next.signalCode === null) {
    next.kill('SIGTERM')
    await new Promise((resolve) => next.once('exit', resolve))
  }
  if (dataDir) rmSync(dataDir, { recursive: true, force: true })
})

describeGateway('route handler of plain next start', { exactTarget: false, exactLength: false }, async () => {
  // What has been committed before a change that is in force is in force too: a product nobody else uses tells.
  const canary = await makeProduct(await makeTenant({ slug: 'canary' }), 'http://127.0.0.1:1', { rules: [] })
  let turn = 0
  const door: Door = openHttpDoor('127.0.0.1', port, async () => {
    const body = `turn ${++turn}`
    await canary.set({ errorAnswers: { ...defaultErrorAnswers, authMissing: { status: 403, contentType: 'text/plain', body } } })
    for (let tries = 0; tries < 500; tries++) {
      if ((await send(door, { host: canary.hosts.staging }).catch(() => null))?.body === body) return
      await sleep(20)
    }
    throw new Error('the change did not come into force')
  })
  return door
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port: free } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return free
}
