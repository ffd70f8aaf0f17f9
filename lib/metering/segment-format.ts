import { crc32 } from 'node:zlib'
import type { UsageRecord } from '@/lib/metering/journal'
import { periods } from '@/lib/metering/periods'

export const SEGMENT_SUFFIX = '.segment'

/**
 * A segment is lines of `<crc32 in hex> <JSON>\n`: first a header with the batch id, then one array a record. A line is
 * whole when its checksum fits. A last line without its end was cut by a crash before anybody was told it was written; zeros
 * behind the last one are room that was prepared and not needed.
 */
export type SegmentHeader = { v: 1; batch: string; openedAt: number }

export type ParsedSegment = {
  header: SegmentHeader | null
  records: UsageRecord[]
  /** Whole lines whose checksum does not fit: the disk lost something that had been promised. */
  damaged: number
}

export function encodeHeader(header: SegmentHeader): string {
  return line(JSON.stringify(header))
}

/** One line. Throws a `RangeError` where a number is not a whole one below 2^53, which no reader could get back. */
export function encodeRecord(record: UsageRecord): string {
  const { id, at, tenantId, productId, environment, applicationId, endUserId, credentialId, address, usage, counted } = record
  let json = `[${quoted(id)},${whole(at)},${whole(tenantId)},${whole(productId)},${environment === 'production' ? 1 : 0},${whole(applicationId)},`
  json += `${endUserId === null ? 'null' : whole(endUserId)},${credentialId === null ? 'null' : whole(credentialId)},${quoted(address)},[`
  for (let i = 0; i < usage.length; i++) json += `${i === 0 ? '' : ','}${whole(usage[i]![0])},${whole(usage[i]![1])}`
  json += '],['
  for (let i = 0; i < counted.length; i++) {
    const { subject, metricId, period, windowStart, value } = counted[i]!
    json += `${i === 0 ? '' : ','}${quoted(subject)},${whole(metricId)},${periods.indexOf(period)},${whole(windowStart)},${whole(value)}`
  }
  return line(`${json}]]`)
}

export function parseSegment(bytes: Buffer): ParsedSegment {
  const parsed: ParsedSegment = { header: null, records: [], damaged: 0 }
  let start = 0
  for (;;) {
    const end = bytes.indexOf(10, start)
    if (end === -1) return parsed
    const json = wholeLine(bytes, start, end)
    if (json === null) parsed.damaged++
    else if (Array.isArray(json)) parsed.records.push(decodeRecord(json as EncodedRecord))
    else parsed.header = json as SegmentHeader
    start = end + 1
  }
}

type EncodedRecord = [string, number, number, number, 0 | 1, number, number | null, number | null, string, number[], (string | number)[]]

function decodeRecord([id, at, tenantId, productId, production, applicationId, endUserId, credentialId, address, usage, counted]: EncodedRecord): UsageRecord {
  const record: UsageRecord = { id, at, tenantId, productId, environment: production ? 'production' : 'staging', applicationId, endUserId, credentialId, address, usage: [], counted: [] }
  for (let i = 0; i < usage.length; i += 2) record.usage.push([usage[i]!, usage[i + 1]!])
  for (let i = 0; i < counted.length; i += 5) {
    const [subject, metricId, period, windowStart, value] = counted.slice(i, i + 5) as [string, number, number, number, number]
    record.counted.push({ subject, metricId, period: periods[period]!, windowStart, value })
  }
  return record
}

function wholeLine(bytes: Buffer, start: number, end: number): unknown {
  if (end - start < 10 || bytes[start + 8] !== 32) return null
  const body = bytes.subarray(start + 9, end)
  if (bytes.toString('latin1', start, start + 8) !== hex(crc32(body))) return null
  return JSON.parse(body.toString())
}

const line = (json: string) => `${hex(crc32(json))} ${json}\n`

/** Of what our own ids, subjects and addresses are made nothing needs escaping: to see that is cheaper than to escape. */
function quoted(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(text)
  }
  return `"${text}"`
}

const hex = (crc: number) => BYTES[crc >>> 24]! + BYTES[(crc >>> 16) & 255]! + BYTES[(crc >>> 8) & 255]! + BYTES[crc & 255]!

const BYTES = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1))

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number below 2^53`)
  return value
}
