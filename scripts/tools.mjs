// What the tests need beyond npm: a browser, a Redis, an nginx. Installed by itself where apt-get may, else named in one line.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say } from './bootstrap.mjs'

const tools = [
  { command: 'chromium', debian: 'chromium', why: 'the browser tests' },
  { command: 'redis-server', debian: 'redis-server', why: 'the counter and throttle tests' },
  { command: 'nginx', debian: 'nginx-light', why: 'the self-managed gateway and the proxy comparison' },
  { command: 'nginx-lua', debian: 'libnginx-mod-http-lua', why: 'the self-managed gateway', file: '/usr/lib/nginx/modules/ngx_http_lua_module.so' },
]

/** Installs what is missing; returns the sentences about what could not be had. */
export function ensureTools(names = tools.map((tool) => tool.command)) {
  const missing = tools.filter((tool) => names.includes(tool.command) && !find(tool.command, tool.file))
  if (missing.length === 0) return []
  const packages = missing.map((tool) => tool.debian)
  if (find('apt-get') && process.getuid?.() === 0) {
    say(`Installing ${packages.join(', ')} for the tests …`)
    // A package's own service must not start: tests start what they need on free ports.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: ['ignore', 'ignore', 'inherit'], env })
  }
  return missing.filter((tool) => !find(tool.command, tool.file)).map((tool) => `Missing: ${tool.command}, for ${tool.why}. Install it with: apt-get install ${tool.debian}`)
}

function find(command, file) {
  if (file) return existsSync(file) ? file : undefined
  if (command === 'chromium' && process.env.CHROMIUM_PATH && existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin']
  return folders.map((folder) => `${folder}/${command}`).find((file) => existsSync(file))
}
