import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { root } from '@/e2e/harness/gatehouse-server'

/** The build without front door and middleware (PLAT-3), beside the server of this run and on its data. */
export function startBareServer(): Promise<{ process: ChildProcess; port: number }> {
  const env = { ...(JSON.parse(process.env.E2E_ENV ?? '{}') as NodeJS.ProcessEnv), ROLES: 'web' }
  const child = spawn(join(root, 'node_modules/node/bin/node'), ['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/isolation/server-without-middleware.ts`], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ process: child, port: (message as { port: number }).port }))
    child.once('exit', (code) => reject(new Error(`The server without middleware ended with ${code}`)))
  })
}
