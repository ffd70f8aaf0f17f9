import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** For tests: Debian's nginx with its Lua module, on files as they were downloaded, in a folder of its own. */
export type Nginx = { test(): { ok: boolean; says: string }; start(): Promise<void>; log(): string; stop(): Promise<void> }

const MODULES = ['ndk_http_module.so', 'ngx_http_lua_module.so'].map((name) => join('/usr/lib/nginx/modules', name))

export function openNginx(files: Record<string, string | Uint8Array>): Nginx {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-nginx-'))
  const confs = join(dir, 'conf.d')
  for (const folder of [confs, join(dir, 'tmp')]) mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) if (name.endsWith('.conf')) writeFileSync(join(confs, name), content)
  const log = join(dir, 'error.log')
  const missing = MODULES.filter((file) => !existsSync(file))
  if (missing.length > 0) throw new Error(`Install nginx with Lua: apt-get install nginx-light libnginx-mod-http-lua (missing: ${missing.join(', ')})`)
  // What /etc/nginx/nginx.conf does on Debian: modules, then everything in conf.d.
  writeFileSync(
    join(dir, 'nginx.conf'),
    `${MODULES.map((file) => `load_module ${file};`).join('\n')}
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 2;
pid ${dir}/pid;
error_log ${log} warn;
events {}
http {
  access_log off;
  client_body_temp_path ${dir}/tmp/body;
  proxy_temp_path ${dir}/tmp/proxy;
  fastcgi_temp_path ${dir}/tmp/fastcgi;
  uwsgi_temp_path ${dir}/tmp/uwsgi;
  scgi_temp_path ${dir}/tmp/scgi;
  include ${confs}/*.conf;
}
`,
  )
  const ports = Object.values(files).flatMap((content) => [...String(typeof content === 'string' ? content : Buffer.from(content)).matchAll(/^ {2}listen (\d+);/gm)].map((match) => Number(match[1])))
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf')]
  const nginx = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx'
  let child: ReturnType<typeof spawn> | null = null
  let exited: Promise<void> = Promise.resolve()
  const read = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  return {
    test() {
      const { status, stderr } = spawnSync(nginx, [...args, '-t'], { encoding: 'utf8' })
      return { ok: status === 0, says: stderr }
    },
    async start() {
      child = spawn(nginx, [...args, '-g', 'daemon off;'], { stdio: 'ignore' })
      exited = new Promise((resolve) => child!.once('exit', () => resolve()))
      for (const deadline = Date.now() + 60_000; !(await Promise.all(ports.map(isOpen))).every(Boolean); await sleep(20)) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`nginx did not start:\n${read()}${this.test().says}`)
      }
    },
    log: read,
    async stop() {
      child?.kill('SIGQUIT')
      const timer = setTimeout(() => child?.kill('SIGKILL'), 3_000)
      await exited
      clearTimeout(timer)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}
