import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTenant } from '@/lib/db/test-database'
import { databaseUrls } from '@/lib/db/pools'
import { env } from '@/lib/env'
import { freePort } from '@/lib/free-port'
import { newRequestId } from '@/lib/ids'
import { openHttpDoor, send, type Door } from '@/lib/gateway/doors.contract'
import { makeProduct } from '@/lib/gateway/product.fixture'
import { end, launch } from '@/e2e/harness/gatehouse-server'
import { launchPlainNext } from '@/e2e/harness/plain-next'

/** A server on the database of the test file, as a door for the gateway's contract. */
export type Mount = Door & { port: number; end(signal: NodeJS.Signals): Promise<void>; restart(): Promise<void> }

type Launch = (env: NodeJS.ProcessEnv, port: number, logFile: string) => Promise<ChildProcess>

export const openServer = (): Promise<Mount> => openMount((settings, port, log) => launch({ ...settings, PORT: String(port), ROLES: 'gateway' }, log))

export const openPlainNext = (more: Record<string, string> = {}): Promise<Mount> => openMount((settings, port, log) => launchPlainNext({ ...settings, ...more }, port, log))

async function openMount(launchServer: Launch): Promise<Mount> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-mount-'))
  const { owner, app, direct } = databaseUrls()
  const { PATH, HOME } = process.env
  const settings: NodeJS.ProcessEnv = {
    PATH,
    HOME,
    NODE_ENV: 'production',
    DATA_DIR: join(dir, 'data'),
    DATABASE_URL: owner,
    DATABASE_APP_URL: app ?? '',
    DATABASE_DIRECT_URL: direct,
    SECRET_KEY: env().secretKeys.join(','),
    EGRESS_ALLOW: '127.0.0.0/8:*',
    LOG_LEVEL: 'warn',
  }
  const port = await freePort()
  const log = join(dir, 'log')
  let child = await launchServer(settings, port, log)
  let settled = async () => {}
  const door = openHttpDoor('localhost', port, () => settled())
  settled = await openProbe(door)
  return {
    ...door,
    port,
    end: (signal) => end(child, signal),
    restart: async () => void (child = await launchServer(settings, port, log)),
    async close() {
      await end(child, 'SIGTERM')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Changes take effect in the order of their commits: once the newest one shows at the door, so do all before it. */
async function openProbe(door: Door): Promise<() => Promise<void>> {
  const { hosts, set } = await makeProduct(await makeTenant(), 'http://127.0.0.1:9')
  return async () => {
    const body = newRequestId()
    await set({ errorAnswers: { authMissing: { status: 403, contentType: 'text/plain', body } } })
    for (const deadline = Date.now() + 60_000; (await send(door, { host: hosts.staging })).body !== body; await sleep(5)) {
      if (Date.now() > deadline) throw new Error('a change was not in force after 60 s')
    }
  }
}
