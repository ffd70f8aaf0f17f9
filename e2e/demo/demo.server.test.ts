import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { end, root } from '@/e2e/harness/gatehouse-server'
import { freePort } from '@/lib/free-port'
import type { Demo } from '@/scripts/demo/demo-file'

const node = join(root, 'node_modules', 'node', 'bin', 'node')
const environment = (more: Record<string, string>): NodeJS.ProcessEnv => ({ ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn', ...more })

type Run = { process: ChildProcess; printed(): string; complaint(): string; exit: Promise<number | null> }

function run(args: string[], env: Record<string, string>): Run {
  const child = spawn(node, args, { cwd: root, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const heard = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (bytes: Buffer) => (heard[stream] += bytes.toString()))
  // "close" waits for the output of grandchildren, too.
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { process: child, printed: () => heard.stdout, complaint: () => heard.stderr, exit }
}

async function startDemo(dataDir: string, port = '0'): Promise<Run> {
  const demo = run([`${root}/scripts/demo/run-demo.mjs`], { DATA_DIR: dataDir, PORT: port })
  const ended = demo.exit.then((code) => {
    throw new Error(`The demo ended with ${code}:\n${demo.printed()}${demo.complaint()}`)
  })
  ended.catch(() => {})
  while (!demo.printed().includes('Ctrl-C ends it')) await Promise.race([sleep(50), ended])
  return demo
}

/** Servers come and go here, and commands keep this process busy: no connection is used twice. */
const agent = new Agent({ keepAlive: false })

/** Node does not resolve `*.localhost`: the address, and the host as a header. */
function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ status: number; body: string }> {
  const target = new URL(url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: target.port, path: target.pathname + target.search, method, headers: { host: target.host, ...headers }, agent }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part)).on('end', () => resolve({ status: response.statusCode!, body }))
    })
    request.on('error', reject).end()
  })
}

describe('the demo', { timeout: 480_000 }, () => {
  let dataDir: string
  let running: Run
  let first: Demo
  const read = () => JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Demo
  const stop = async () => {
    running.process.kill('SIGTERM')
    return running.exit
  }
  const gatehouse = (...args: string[]) => {
    const done = spawnSync(node, ['--import', `${root}/scripts/alias.mjs`, `${root}/scripts/gatehouse/main.ts`, ...args, '--json'], { cwd: root, env: environment({ DATA_DIR: dataDir, PORT: '0' }), encoding: 'utf8' })
    expect(done.stderr).toBe('')
    return JSON.parse(done.stdout) as never
  }
  const call = (demo: Demo, plan: string, method: string, path: string) => {
    const application = demo.applications.find((each) => each.plan === plan) as Extract<Demo['applications'][number], { app_id: string }>
    const { names } = demo.gateway.credentials
    return get(`${demo.gateway.production}/1.1/${path}`, { [names.app_id!]: application.app_id, [names.app_key!]: application.app_keys[0]! }, method)
  }

  beforeAll(async () => {
    if (!existsSync(join(root, 'dist', 'demo-seed.js')) || !existsSync(join(root, '.next', 'BUILD_ID'))) throw new Error('Build first: npm run build')
    dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'))
    running = await startDemo(dataDir)
    first = read()
  }, 480_000)
  afterAll(async () => {
    await stop()
    rmSync(dataDir, { recursive: true, force: true })
  }, 480_000)

  it('writes demo.json, in the shape scripts rely on, for its owner alone', () => {
    const text = expect.any(String)
    const port = new URL(first.site_url).port
    expect(first).toEqual({
      site_url: `http://localhost:${port}`,
      mailbox_url: `http://localhost:${port}/mailbox`,
      admin: { url: `http://acme.admin.localhost:${port}`, email: text, password: text, access_token: expect.stringMatching(/^at_/) },
      portal: { url: `http://acme.portal.localhost:${port}`, email: text, password: text },
      gateway: {
        production: `http://twitter-acme.gw.localhost:${port}`,
        staging: `http://twitter-acme.staging.gw.localhost:${port}`,
        hosts: { production: ['twitter-acme.gw.localhost'], staging: ['twitter-acme.staging.gw.localhost'] },
        credentials: { location: 'headers', names: { app_id: 'X-App-Id', app_key: 'X-App-Key' } },
      },
      accounting: { url: `http://accounting.gw.localhost:${port}`, service_id: expect.stringMatching(/^\d+$/), service_token: expect.stringMatching(/^st_/), provider_key: expect.stringMatching(/^pk_/) },
      upstream_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      applications: ['Trial', 'Public', 'Partner'].map((plan) => ({ name: text, plan, app_id: text, app_keys: [expect.stringMatching(/^ak_/)] })),
    })
    expect(statSync(join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600)
  })

  it('prints what to open and a call that works as it stands', async () => {
    const printed = running.printed()
    for (const word of [first.admin.url, first.admin.email, first.admin.password, first.portal.url, first.site_url, first.mailbox_url!]) expect(printed).toContain(word)
    const curl = /^ {2}(curl .*)$/m.exec(printed)![1]!
    const [, url] = /'(http[^']*)'/.exec(curl)!
    const headers = Object.fromEntries([...curl.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name!, value!]))
    const answer = await get(url!, headers)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toBeInstanceOf(Array)
    if (spawnSync('curl', ['--version']).status === 0) expect(JSON.parse(spawnSync('sh', ['-c', `${curl} -s`], { encoding: 'utf8' }).stdout)).toEqual(JSON.parse(answer.body))
  })

  it('serves each plan as the walk tells: Trial reads, the others write, and the API answers its gateway only', async () => {
    for (const plan of ['Trial', 'Public', 'Partner']) expect((await call(first, plan, 'GET', 'help/languages.json')).status).toBe(200)
    expect((await call(first, 'Trial', 'POST', 'statuses/update.json')).status).toBe(403)
    expect((await call(first, 'Partner', 'POST', 'statuses/update.json')).status).toBe(200)
    expect((await get(`${first.upstream_url}/1.1/help/languages.json`)).status).toBe(403)
    expect((await get(`${first.gateway.production}/1.1/help/languages.json`)).status).toBe(403)
    for (const url of [`${first.site_url}/`, `${first.admin.url}/sign-in`, first.mailbox_url!]) expect([url, (await get(url)).status]).toEqual([url, 200])
  })

  it('lets the command line work beside it: its port in every address, and what it makes is there', async () => {
    expect(gatehouse('tenant', 'list')).toMatchObject([{ slug: 'acme', admin_url: first.admin.url }])
    const made = gatehouse('tenant', 'create', '--slug', 'second', '--org', 'Second', '--email', 'ada@second.example', '--password', 'correct horse battery') as Pick<Demo, 'admin'>
    expect(made.admin.url).toBe(`http://second.admin.localhost:${new URL(first.site_url).port}`)
    expect((await get(`${made.admin.url}/sign-in`)).status).toBe(200)
  })

  it('keeps everything at the next start: keys, passwords, and what was made meanwhile', async () => {
    expect(await stop()).toBe(0)
    expect(gatehouse('tenant', 'list')).toMatchObject([{ slug: 'acme' }, { slug: 'second' }])
    running = await startDemo(dataDir)
    const second = read()
    const withoutPort = (demo: Demo) => JSON.parse(JSON.stringify(demo).replaceAll(`:${new URL(demo.site_url).port}`, '')) as Demo
    expect(withoutPort(second)).toEqual(withoutPort(first))
    expect((await call(second, 'Partner', 'GET', 'help/tos.json')).status).toBe(200)
  })

  it('follows the stand-in to another port, and makes anew what only a lost demo.json knew', async () => {
    await stop()
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(Number(new URL(first.upstream_url).port), '127.0.0.1', resolve))
    rmSync(join(dataDir, 'demo.json'))
    try {
      running = await startDemo(dataDir)
    } finally {
      taken.close()
    }
    const third = read()
    expect(third.upstream_url).not.toBe(first.upstream_url)
    expect(third.admin.password).not.toBe(first.admin.password)
    expect(third.admin.access_token).not.toBe(first.admin.access_token)
    expect({ ...third.accounting, url: '' }).toEqual({ ...first.accounting, url: '' })
    expect(third.applications).toEqual(first.applications)
    expect((await call(third, 'Partner', 'GET', 'help/tos.json')).status).toBe(200)
  })

  it('ends with its terminal: kill -9 of the script leaves no server behind, and the next start finds everything', async () => {
    const before = read()
    await end(running.process, 'SIGKILL')
    // Its output closes when the last of them has ended.
    await running.exit
    await expect(get(`${before.site_url}/healthz`)).rejects.toThrow()
    running = await startDemo(dataDir)
    expect(read().applications).toEqual(before.applications)
  })
})

describe('a start that cannot be', { timeout: 240_000 }, () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-start-'))
    writeFileSync(join(folder, 'file'), '')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const starts = [['the demo', 'scripts/demo/run-demo.mjs'], ['the server', 'dist/server.js']]
  const fail = async (script: string, env: Record<string, string>) => {
    const started = run([`${root}/${script}`], { DATA_DIR: join(folder, 'data'), PORT: String(await freePort()), ...env })
    return { code: await started.exit, said: started.complaint().trim().split('\n') }
  }

  it.each(starts)('says in one line that the port is busy: %s', async (_, script) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    expect(await fail(script!, { PORT: String(port) })).toEqual({ code: 1, said: [`Port ${port} on 127.0.0.1 is in use. Stop what uses it, or choose another one with PORT.`] })
    taken.close()
  })

  it.each(starts)('says in one line that the data folder cannot be written: %s', async (_, script) => {
    const dataDir = join(folder, 'file', 'data')
    expect(await fail(script!, { DATA_DIR: dataDir })).toEqual({ code: 1, said: [expect.stringMatching(/^Setting DATA_DIR: ".*" cannot be written \(ENOTDIR\)\. Choose a folder this user may write to\.$/)] })
  })

  it.each(starts)('says in one line each which settings are wrong: %s', async (_, script) => {
    expect(await fail(script!, { ROLES: 'web,nobody', LOG_LEVEL: 'loud' })).toEqual({
      code: 1,
      said: ['Setting LOG_LEVEL: must be fatal, error, warn, info, debug, trace or silent.', 'Setting ROLES: "nobody" is none of web, gateway, worker.'],
    })
  })
})
