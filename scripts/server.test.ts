import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders: string[] = []
const running = new Set<Started>()

afterEach(async () => {
  for (const started of running) if (!started.keep) await started.end('SIGKILL')
})
afterAll(async () => {
  for (const started of running) await started.end('SIGTERM')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe('a server that cannot start says why in one sentence and ends with 1', () => {
  it('lists every wrong setting, a line each', async () => {
    const { code, stderr } = await start({ PORT: '70000', ROLES: 'cook', METRICS_PORT: 'x', PUBLIC_SCHEME: 'gopher' }).ended
    expect(code).toBe(1)
    expect(stderr.trim().split('\n').toSorted()).toEqual([
      'Setting METRICS_PORT: must be a whole number.',
      'Setting PORT: must be at most 65535.',
      'Setting PUBLIC_SCHEME: must be http or https.',
      'Setting ROLES: "cook" is none of web, gateway, worker.',
    ])
  })

  it('names a data folder that cannot be written', async () => {
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    // Under /proc nobody can make a folder, root neither.
    const starts: Record<string, string>[] = [{ DATA_DIR: join(file, 'data'), SECRET_KEY: 'k'.repeat(40) }, ...(existsSync('/proc/self') ? [{ DATA_DIR: '/proc/gatehouse' }] : [])]
    for (const { code, stderr } of await Promise.all(starts.map((settings) => start(settings).ended)))
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^Setting DATA_DIR: "\S+" cannot be written \(E\w+\)\. Choose a folder this user may write to\.\n$/) })
  })
})

describe('a running server', () => {
  let server: Started
  let port: number
  const dataDir = tempFolder()

  beforeAll(async () => {
    server = start({ DATA_DIR: dataDir, PORT: '0', ROLES: 'gateway,worker', METRICS_PORT: '' })
    server.keep = true
    port = await server.ready
  })

  it('says in one line that it is ready, with the port really bound', () => {
    expect(server.stdout().split('\n').filter((line) => line.startsWith('Gatehouse'))).toEqual([
      `Gatehouse is ready: http://localhost:${port} (site), http://<tenant>.admin.localhost:${port} (dashboards), http://<product>.gw.localhost:${port} (gateway)`,
    ])
    expect(JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))).toMatchObject({ port })
  })

  it.each(['localhost', '127.0.0.1', '[::1]'])('REL-1 /healthz and /readyz answer on %s', async (host) => {
    for (const path of ['/healthz', '/readyz', '/readyz?x']) expect(await ask(port, path, host)).toMatchObject({ status: 200, body: 'ok\n' })
  })

  it('REL-1 health is nobody\'s business on other hosts, and metrics are on no host of ours', async () => {
    expect(await ask(port, '/healthz', 'nobody.admin.localhost')).toMatchObject({ status: 404 })
    expect((await ask(port, '/healthz', 'nobody.gw.localhost')).body).not.toBe('ok\n')
    for (const host of ['localhost', '127.0.0.1']) expect(await ask(port, '/metrics', host)).toMatchObject({ status: 404 })
  })

  it('HTTP-7 what nobody answers is a 404 with code, text and request id', async () => {
    const { status, body } = await ask(port, '/nothing', 'localhost')
    expect(status).toBe(404)
    expect(JSON.parse(body)).toEqual({ error: { code: 'not_found', message: 'Not found.' }, request_id: expect.stringMatching(/^\w{22}$/) })
  })

  it('the accounting API answers on its host', async () => {
    expect(await ask(port, '/check.txt', 'accounting.gw.localhost')).toMatchObject({ status: 200, body: 'ok' })
    expect(await ask(port, '/nothing', 'accounting.gw.localhost')).toMatchObject({ status: 404, body: '' })
    expect((await ask(port, '/transactions/authrep.xml', 'accounting.gw.localhost')).body).toContain('<error code="provider_key_or_service_token_required">')
  })

  it('REL-1 no answer tells a version', async () => {
    for (const path of ['/healthz', '/readyz', '/nothing']) {
      const { headers, body } = await ask(port, path, 'localhost')
      expect(JSON.stringify(headers) + body).not.toMatch(/next|express|node|postgres|\d+\.\d+\.\d+/i)
    }
  })

  it('a second one on the same port gives way with one sentence', async () => {
    const { code, stderr } = await start({ DATA_DIR: tempFolder(), PORT: String(port) }).ended
    expect({ code, stderr }).toEqual({ code: 1, stderr: `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or choose another one with PORT.\n` })
  })

  it('REL-2 SIGTERM ends it in good order: exit code 0, note and database gone', async () => {
    const { code } = await server.end('SIGTERM')
    expect(code).toBe(0)
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false)
    expect(existsSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
  })
})

type Started = { keep?: boolean; ready: Promise<number>; ended: Promise<{ code: number | null; stderr: string }>; stdout(): string; end(signal: NodeJS.Signals): Promise<{ code: number | null }> }

function start(settings: Record<string, string>): Started {
  const child: ChildProcess = spawn(process.execPath, ['--import', `${root}/scripts/alias.mjs`, `${root}/server.ts`], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', NODE_NO_WARNINGS: '1', LOG_LEVEL: 'fatal', DATA_DIR: tempFolder(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout!.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()))
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => child.once('close', (code) => resolve({ code, stderr: texts.stderr })))
  const ready = new Promise<number>((resolve, reject) => {
    child.on('message', (message: { type?: string; port: number }) => message.type === 'ready' && resolve(message.port))
    void ended.then(({ code, stderr }) => reject(new Error(`ended with ${code}: ${stderr}`)))
  })
  ready.catch(() => {}) // looked at only where a server is expected to start
  const started: Started = {
    ready,
    ended,
    stdout: () => texts.stdout,
    end(signal) {
      child.kill(signal)
      return ended
    },
  }
  running.add(started)
  void ended.then(() => running.delete(started))
  return started
}

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-server-'))
  chmodSync(folder, 0o755) // run by root, the database is nobody's, who must be able to pass
  folders.push(folder)
  return folder
}

function ask(port: number, path: string, host: string): Promise<{ status: number; body: string; headers: unknown }> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers: { host: `${host}:${port}` } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }))
    })
      .on('error', reject)
      .end()
  })
}
