import { writeFileSync } from 'node:fs'
import type { Measurement } from './load.ts'

/** What one run has found, by contender and round; ratios only mean something within a round. */
export type Results = Map<string, Measurement[]>

export type Ratio = { name: string; measured: number; aim: string; reached: boolean }

export function say(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!
}

export function sayTable(results: Results): void {
  say()
  say(`${'contender'.padEnd(40)}   calls/s   CPU/call       p50       p99   memory  failed`)
  for (const [name, all] of results) {
    const middle = (of: (one: Measurement) => number) => median(all.map(of))
    say(
      `${name.padEnd(40)} ${middle((m) => m.perSecond).toFixed(0).padStart(9)} ${middle((m) => m.cpuMicrosPerCall).toFixed(1).padStart(7)} µs ${middle((m) => m.p50Ms).toFixed(2).padStart(6)} ms ${middle((m) => m.p99Ms).toFixed(2).padStart(6)} ms ${middle((m) => m.rssMb).toFixed(0).padStart(5)} MB ${String(all.reduce((sum, one) => sum + one.failed, 0)).padStart(7)}`,
    )
  }
}

/** The median of the rounds' own ratios: what else the machine does hits both sides of a round alike. */
export function ratioOf(results: Results, one: string, other: string, of: (m: Measurement) => number): number {
  return median(results.get(one)!.map((m, i) => of(m) / of(results.get(other)![i]!)))
}

export const perSecond = (m: Measurement) => m.perSecond
export const cpu = (m: Measurement) => m.cpuMicrosPerCall

/** `aim`: `>=0.8` or `<=1.25`; empty: told, not aimed at. */
export function judge(name: string, measured: number, aim: string): Ratio {
  const [, sign, bound] = /^([<>]=)([\d.]+)$/.exec(aim) ?? []
  return { name, measured, aim, reached: sign === undefined || (sign === '>=' ? measured >= Number(bound) : measured <= Number(bound)) }
}

export function sayRatios(ratios: Ratio[]): void {
  say()
  say(`${'measured against its aim'.padEnd(64)} measured       aim`)
  for (const { name, measured, aim, reached } of ratios) say(`${name.padEnd(64)} ${measured.toFixed(2).padStart(8)}  ${aim.padStart(8)}${reached ? '' : '   NOT REACHED'}`)
}

/** For whoever compares runs: everything that was measured, with `--json=<file>`. */
export function writeJson(args: readonly string[], what: object): void {
  const file = args.find((arg) => arg.startsWith('--json='))?.slice(7)
  if (file) writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, ...what }, null, 2)}\n`)
}
