import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cpuMs, find, ours, rssMb } from './processes.ts'
import type { Contender } from './processes.ts'
import { say } from './report.ts'
import type { Results } from './report.ts'
import type { BenchCall } from './world.ts'

export type Measurement = { perSecond: number; cpuMicrosPerCall: number; p50Ms: number; p99Ms: number; failed: number; rssMb: number }

/** Calls a contender for so many seconds over 32 connections and reads off what it cost. */
export async function measure(contender: Contender, calls: BenchCall[], { seconds, dir, connections = 32 }: { seconds: number; dir: string; connections?: number }): Promise<Measurement> {
  const before = cpuMs(contender.pids)
  const { requests, failed, perSecond, p50Ms, p99Ms } = find('wrk') ? await runWrk(contender, calls, seconds, dir, connections) : await runAutocannon(contender, calls, seconds, connections)
  return { perSecond, p50Ms, p99Ms, failed, cpuMicrosPerCall: ((cpuMs(contender.pids) - before) * 1000) / requests, rssMb: rssMb(contender.pids) }
}

/**
 * The call as it goes over the wire; a contender may want its own key beside ours. Keys come first, which puts them in the
 * middle: LuaJIT tells long texts apart by a few characters there, and a hundred thousand that look the same to it take minutes.
 */
export function requestText({ host, path, headers, bodyBytes }: BenchCall, own: Record<string, string> = {}): string {
  const lines = Object.entries({ ...headers, ...own }).map(([name, value]) => `${name}: ${value}\r\n`)
  const framing = bodyBytes === undefined ? '\r\n' : `Content-Type: application/octet-stream\r\nContent-Length: ${bodyBytes}\r\n\r\n${'x'.repeat(bodyBytes)}`
  return `${bodyBytes === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${lines.join('')}Host: ${host}\r\nAccept: application/json\r\nUser-Agent: bench\r\n${framing}`
}

/** Until everybody has called once: the first call of a caller is another measurement. */
export async function warm(contender: Contender, calls: BenchCall[], dir: string): Promise<void> {
  const seconds = calls.length > 10_000 ? 10 : 3
  const deadline = performance.now() + 240_000
  let made = 0
  do made += (await measure(contender, calls, { seconds, dir })).perSecond * seconds
  while (made < calls.length && performance.now() < deadline)
  if (made < calls.length) throw new Error(`${contender.name} has not answered ${calls.length} callers within four minutes: the machine is too busy to measure anything`)
}

export type Turn = { name: string; contender: Contender; calls: BenchCall[] }

/** Warms everybody, then measures one after the other, round by round: what else the machine does hits all of a round alike. */
export async function measureInTurns(turns: readonly Turn[], { seconds, rounds, dir, besides }: { seconds: number; rounds: number; dir: string; besides?: (turn: Turn) => Promise<void> }): Promise<Results> {
  const results: Results = new Map(turns.map(({ name }) => [name, []]))
  say('Warming …')
  for (const { contender, calls } of turns) await warm(contender, calls, dir)
  for (let round = 1; round <= rounds; round++) {
    for (const turn of turns) {
      results.get(turn.name)!.push(await measure(turn.contender, turn.calls, { seconds, dir }))
      await besides?.(turn)
    }
    say(`Round ${round} of ${rounds} done.`)
  }
  return results
}

type AutocannonResult = { requests: { total: number; average: number }; latency: { p50: number; p99: number }; non2xx: number; errors: number }

type Run = { requests: number; failed: number; perSecond: number; p50Ms: number; p99Ms: number }

let scripts = 0
/** Where each contender's walk through a set of calls has come to: the next measurement goes on from there. */
const walks = new WeakMap<Contender, Map<BenchCall[], number>>()

async function runWrk(contender: Contender, calls: BenchCall[], seconds: number, dir: string, connections: number): Promise<Run> {
  const file = join(dir, `calls-${++scripts}`)
  const { port, headers } = contender
  const walk = walks.get(contender) ?? new Map<BenchCall[], number>()
  walks.set(contender, walk)
  const begin = walk.get(calls) ?? 0
  // Made before the measurement begins, and read from a file: a script holds no more than 65,536 texts.
  writeFileSync(file, calls.map((call) => requestText(call, headers)).join('\0'), 'latin1')
  writeFileSync(
    `${file}.lua`,
    `local calls = {}
local file = io.open("${file}", "rb")
for text in (file:read("*a") .. "\\0"):gmatch("(.-)%z") do calls[#calls + 1] = text end
file:close()
local at = ${begin}
request = function() at = at % #calls + 1; return calls[at] end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.errors.status + summary.errors.read + summary.errors.connect + summary.errors.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end`,
  )
  const text = await output('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', `${file}.lua`, `http://127.0.0.1:${port}`])
  const [requests, failed, micros, p50, p99] = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(text)!.slice(1).map(Number) as [number, number, number, number, number]
  walk.set(calls, (begin + requests) % calls.length)
  rmSync(file)
  return { requests, failed, perSecond: (requests / micros) * 1e6, p50Ms: p50 / 1000, p99Ms: p99 / 1000 }
}

async function runAutocannon({ port, headers }: Contender, calls: BenchCall[], seconds: number, connections: number): Promise<Run> {
  // It brings no types.
  const autocannon = createRequire(import.meta.url)('autocannon') as (options: object) => Promise<AutocannonResult>
  const requests = calls.map((call) => ({
    method: call.bodyBytes === undefined ? 'GET' : 'POST',
    path: call.path,
    headers: { host: call.host, ...call.headers, ...headers, accept: 'application/json' },
    ...(call.bodyBytes !== undefined && { body: 'x'.repeat(call.bodyBytes) }),
  }))
  const result = await autocannon({ url: `http://127.0.0.1:${port}`, connections, duration: seconds, requests })
  return { requests: result.requests.total, failed: result.non2xx + result.errors, perSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 }
}

function output(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = ours(spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk))
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}`))))
  })
}
