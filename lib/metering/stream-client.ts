import type { Redis } from 'ioredis'
import { connectRestRedis } from '@/lib/redis/connect-redis'

/** An entry of a stream: its id and its fields. */
export type StreamEntry = { id: string; fields: Record<string, string> }

/** One Redis stream, over TCP or REST. Every method rejects where Redis does not answer in time; nothing is sent twice. */
export type StreamClient = {
  /** Appends an entry; a rejection means nobody knows whether it is there. */
  add(fields: Record<string, string>): Promise<void>
  /** The oldest entries. */
  oldest(count: number): Promise<StreamEntry[]>
  remove(ids: string[]): Promise<void>
  length(): Promise<number>
  /** Puts an entry aside for a person, out of the way of the others. */
  setAside(entry: StreamEntry, reason: string): Promise<void>
  ping(): Promise<unknown>
  close(): Promise<void>
}

/** The journal's stream; the tag keeps it and what is put aside in one cluster slot. */
const STREAM = '{gatehouse-journal}:usage'
const ASIDE = '{gatehouse-journal}:refused'
const ASIDE_MAX = 10_000

export function tcpStream(redis: Redis): StreamClient {
  return {
    async add(fields) {
      await redis.xadd(STREAM, '*', ...Object.entries(fields).flat())
    },
    async oldest(count) {
      const entries = await redis.xrange(STREAM, '-', '+', 'COUNT', count)
      return entries.map(([id, flat]) => ({ id, fields: paired(flat) }))
    },
    async remove(ids) {
      if (ids.length > 0) await redis.xdel(STREAM, ...ids)
    },
    length: () => redis.xlen(STREAM),
    async setAside({ id, fields }, reason) {
      await redis.xadd(ASIDE, 'MAXLEN', '~', ASIDE_MAX, '*', ...Object.entries({ ...fields, reason }).flat())
      await redis.xdel(STREAM, id)
    },
    ping: () => redis.ping(),
    async close() {
      redis.disconnect()
    },
  }
}

/** Over Upstash' REST interface, for places without sockets. */
export function restStream(url: string, token: string, timeoutMs: number): StreamClient {
  // Fields go as they are: the client would read numbers and JSON into values of its own.
  const redis = connectRestRedis(url, token, timeoutMs)
  const exec = (command: (string | number)[]) => redis.exec<unknown>(command.map(String) as [string, ...string[]])
  return {
    async add(fields) {
      await exec(['XADD', STREAM, '*', ...Object.entries(fields).flat()])
    },
    async oldest(count) {
      const entries = (await exec(['XRANGE', STREAM, '-', '+', 'COUNT', count])) as [string, unknown[]][]
      return entries.map(([id, flat]) => ({ id, fields: paired(flat.map(asText)) }))
    },
    async remove(ids) {
      if (ids.length > 0) await exec(['XDEL', STREAM, ...ids])
    },
    async length() {
      return Number(await exec(['XLEN', STREAM]))
    },
    async setAside({ id, fields }, reason) {
      await exec(['XADD', ASIDE, 'MAXLEN', '~', ASIDE_MAX, '*', ...Object.entries({ ...fields, reason }).flat()])
      await exec(['XDEL', STREAM, id])
    },
    ping: () => redis.ping(),
    async close() {},
  }
}

function paired(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i]!] = flat[i + 1]!
  return fields
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
