import { close, fdatasync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { newRequestId } from '@/lib/ids'
import { type PreparedSegment, segmentPath, syncFolder } from '@/lib/metering/prepare-segments'
import { encodeHeader } from '@/lib/metering/segment-format'
import { emptySums, type UsageSums } from '@/lib/metering/usage-sums'

/** The part of the disk a test may put a fault into. */
export type SegmentDisk = { write(fd: number, bytes: Buffer, offset: number, position: number): number; sync(fd: number): Promise<void> }

export const realDisk: SegmentDisk = { write: (fd, bytes, offset, position) => writeSync(fd, bytes, offset, bytes.length - offset, position), sync: promisify(fdatasync) }

/** A segment that is being written: the batch id is in its header before the first record. */
export type OpenSegment = {
  batch: string
  path: string
  openedAt: number
  bytes: number
  sums: UsageSums
  /** Adds to the end in one write (which may take the kernel several). Throws, and leaves nothing half written behind. */
  write(text: string): void
  /** What was written before the call is on the disk itself when it resolves. Calls share syncs. */
  sync(): Promise<void>
  /** Syncs and closes the file; writes nothing more. */
  finish(): Promise<void>
  /** A write failed and could not be taken back: nothing may follow it in this segment. */
  broken: boolean
}

/** Begins a new segment in `dir`, in a prepared file where there is one. Throws when the disk refuses. */
export function openSegment(dir: string, now: number, disk: SegmentDisk = realDisk, prepared: PreparedSegment | null = null): OpenSegment {
  const { batch, path, fd } = prepared ?? openFile(dir, now)
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  let finished: Promise<void> | null = null
  let inFolder = prepared !== null

  const segment: OpenSegment = {
    batch,
    path,
    openedAt: now,
    bytes: 0,
    sums: emptySums(),
    broken: false,
    write(text) {
      const bytes = Buffer.from(text)
      let written = 0
      try {
        while (written < bytes.length) written += disk.write(fd, bytes, written, segment.bytes + written)
      } catch (error) {
        takeBack()
        throw error
      }
      segment.bytes += bytes.length
    },
    sync: () => finished ?? syncOnce(),
    finish: () => (finished ??= syncOnce().finally(() => promisify(close)(fd))),
  }

  function syncOnce(): Promise<void> {
    if (!running) return (running = syncFile().finally(() => (running = null)))
    // The one under way may have begun before our write.
    return (next ??= running.catch(() => {}).then(() => ((next = null), syncOnce())))
  }

  async function syncFile(): Promise<void> {
    await disk.sync(fd)
    if (inFolder) return
    await syncFolder(dir)
    inFolder = true
  }

  /** A record that was refused must not be booked after a crash. */
  function takeBack(): void {
    try {
      ftruncateSync(fd, segment.bytes)
    } catch {
      // The half record stays; its checksum will not fit, and nothing is written after it.
      segment.broken = true
    }
  }

  try {
    segment.write(encodeHeader({ v: 1, batch, openedAt: now }))
  } catch (error) {
    close(fd, () => unlink(path).catch(() => {}))
    throw error
  }
  return segment
}

function openFile(dir: string, now: number): Pick<PreparedSegment, 'batch' | 'path' | 'fd'> {
  const batch = newRequestId()
  const path = segmentPath(dir, now, batch)
  mkdirSync(dir, { recursive: true })
  return { batch, path, fd: openSync(path, 'wx', 0o600) }
}

/** Removes a booked segment; already gone is fine, another process may have adopted it too. */
export async function removeSegment(path: string): Promise<void> {
  await unlink(path).catch(ignoreMissing)
}

/** Keeps a segment for a person to look at, out of the way of the next start. */
export async function setAsideSegment(path: string, why: 'damaged' | 'refused'): Promise<void> {
  await rename(path, `${path}.${why}`).catch(ignoreMissing)
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
