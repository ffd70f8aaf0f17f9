import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@/lib/free-port'

/** A process under measurement, and how to reach it; `headers` it wants besides those of our calls. */
export type Contender = { name: string; port: number; pids: number[]; headers?: Record<string, string>; stop(): Promise<void> }

/** Contenders get core 0; load, upstreams and databases share the next one. */
export const CONTENDER_CORE = 0
export const OTHER_CORE = 1

const hasTaskset = spawnSync('taskset', ['-V']).status === 0

/** The contender has core 0 to itself where the machine lets us say so; everything else runs on the others. */
export const onCore = (core: number, command: string, args: string[]): [string, string[]] => (hasTaskset ? ['taskset', ['-c', String(core), command, ...args]] : [command, args])

export function pinSelf(core: number): void {
  if (hasTaskset) spawnSync('taskset', ['-acp', String(core), String(process.pid)])
}

/**
 * Whoever calls at a fixed pace spins on the core the upstream needs as well: the scheduler lets it finish its few milliseconds
 * first, and those would stand in everybody's p99. Where we may say so (as root), the upstream goes first.
 */
function letGoFirst(pids: number[]): void {
  for (const pid of pids) spawnSync('chrt', ['-r', '-p', '5', String(pid)], { stdio: 'ignore' })
}

export function find(command: string): string | null {
  try {
    return execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } }).trim()
  } catch {
    // Not installed here: the comparison goes without it.
    return null
  }
}

/** Starts a Node program that prints its port, or tells it by an IPC message. */
export async function startNode(name: string, args: string[], { core = 0, env = {} as Record<string, string | undefined>, node = process.execPath } = {}): Promise<Contender> {
  const [command, all] = onCore(core, node, args)
  const child = ours(spawn(command, all, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, ...env } as NodeJS.ProcessEnv }))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened`)))
    child.on('message', (message: { type?: string; port?: number }) => message.type === 'ready' && resolve(message.port!))
    child.stdout!.on('data', (text: Buffer) => /^\d+$/m.test(text.toString()) && resolve(Number(/^\d+$/m.exec(text.toString())![0])))
  })
  return { name, port, pids: [child.pid!], stop: () => end(child) }
}

/** nginx with one worker: as a proxy in front of `upstream`, or, without one, as the upstream itself. */
export async function startNginx(name: string, dir: string, { core, upstream, body = '' }: { core: number; upstream?: number; body?: string }): Promise<Contender | null> {
  const nginx = find('nginx')
  if (!nginx) return null
  const port = await freePort()
  const location = upstream
    ? `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $remote_addr; proxy_pass http://upstream;`
    : `default_type application/json; return 200 '${body}';`
  const file = join(dir, `${name}.conf`)
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${dir}/${name}.pid; error_log ${dir}/${name}.log;
events { worker_connections 4096; }
http { access_log off; client_max_body_size 0; keepalive_requests 1000000; client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
${upstream ? `upstream upstream { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 1000000; }` : ''}
server { listen 127.0.0.1:${port}; ${upstream ? '' : `if ($args = big) { rewrite ^ /big last; } location = /big { root ${dir}; }`} location / { ${location} } } }`,
  )
  const [command, args] = onCore(core, nginx, ['-c', file, '-p', dir])
  const child = ours(spawn(command, args, { stdio: 'ignore' }))
  await waitForPort(port)
  const workers = execFileSync('sh', ['-c', `cat /proc/${child.pid}/task/*/children`], { encoding: 'utf8' }).trim().split(/\s+/).map(Number)
  if (!upstream) letGoFirst(workers)
  return { name, port, pids: workers, stop: () => end(child) }
}

/** CPU time used so far, in milliseconds, by all threads of these processes. Linux counts in hundredths of a second. */
export function cpuMs(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) * 10
  }, 0)
}

/** Memory these processes hold, in megabytes. */
export function rssMb(pids: number[]): number {
  return pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024, 0)
}

const children = new Set<ChildProcess>()
let isOver = false

/** Remembers a process that was just started, for `endAll`; after that it is killed before it has done anything. */
export function ours<Child extends ChildProcess>(child: Child): Child {
  children.add(child)
  if (!isOver) return child
  child.kill('SIGKILL')
  throw new Error('the bench was stopped')
}

/** Ends what is still running of all that was started, the last one first. Nobody starts after this. */
export async function endAll(): Promise<void> {
  isOver = true
  for (const child of [...children].reverse()) await end(child)
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
}

export async function waitForPort(port: number, patienceMs = 2_000): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; ) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (connected) return
    await sleep(20)
  }
  throw new Error(`nothing listens on port ${port}`)
}
