import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { requestText } from './load.ts'
import type { Contender } from './processes.ts'
import type { BenchCall } from './world.ts'

/** `stoodMs`: how long the caller itself stood still, in pieces of more than two milliseconds; what is measured beside that is the machine's. */
export type Latencies = { p50Ms: number; p99Ms: number; sent: number; failed: number; stoodMs: number }

/**
 * Calls at a fixed pace, whether answers come or not, and measures each from the moment it was due: a contender that
 * stumbles pays for everybody who had to wait (what a closed loop hides). Spins, since a timer's millisecond is longer
 * than what is measured.
 */
export async function callAtPace(contender: Contender, calls: BenchCall[], { perSecond, seconds, connections = 64 }: { perSecond: number; seconds: number; connections?: number }): Promise<Latencies> {
  const texts = calls.slice(0, 20_000).map((call) => requestText(call, contender.headers))
  const idle: Line[] = []
  const due: number[] = []
  const took: number[] = []
  let failed = 0
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(contender.port)))
  for (const line of lines) {
    line.onAnswer = (status) => {
      took.push(performance.now() - line.dueAt)
      if (status !== 200) failed++
      const next = due.shift()
      if (next === undefined) idle.push(line)
      else ask(line, next)
    }
    idle.push(line)
  }
  let sent = 0
  const ask = (line: Line, dueAt: number) => {
    line.dueAt = dueAt
    line.socket.write(texts[sent++ % texts.length]!, 'latin1')
  }
  const began = performance.now()
  const everyMs = 1_000 / perSecond
  const total = Math.floor(perSecond * seconds)
  let stoodMs = 0
  let before = began
  for (let made = 0; made < total; ) {
    const now = performance.now()
    if (now - before > 2) stoodMs += now - before
    before = now
    for (; made < total && began + made * everyMs <= now; made++) {
      const line = idle.pop()
      if (line) ask(line, began + made * everyMs)
      else due.push(began + made * everyMs)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const deadline = performance.now() + 3_000; took.length < total && performance.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, 10))
  for (const { socket } of lines) socket.destroy()
  // The first fifth is for the contender to find its feet.
  const counted = took.slice(Math.floor(took.length / 5)).sort((one, other) => one - other)
  return { p50Ms: counted[Math.floor(counted.length * 0.5)]!, p99Ms: counted[Math.floor(counted.length * 0.99)]!, sent: took.length, failed: failed + total - took.length, stoodMs }
}

type Line = { socket: Socket; dueAt: number; onAnswer: (status: number) => void }

/** Reads answers of known length or in chunks, no more than it must to see where they end; opens anew where the other side ends a connection. */
async function openLine(port: number, line: Line = { socket: null as unknown as Socket, dueAt: 0, onAnswer: () => {} }): Promise<Line> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = text.slice(0, end)
    const length = /^content-length: *(\d+)/im.exec(head)
    if (length ? text.length < end + 4 + Number(length[1]) : !text.endsWith('0\r\n\r\n')) return
    const status = Number(text.slice(9, 12))
    text = ''
    if (!/^connection: *close/im.test(head)) return line.onAnswer(status)
    // After so many requests a connection is at its end; its answer is not.
    openLine(port, line).then(() => line.onAnswer(status), () => {})
  })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  line.socket = socket
  return line
}
