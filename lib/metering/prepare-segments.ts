import { close, fstatSync, open as openFile, unlink, write } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newRequestId } from '@/lib/ids'
import { logger } from '@/lib/logger'
import { SEGMENT_SUFFIX } from '@/lib/metering/segment-format'

/** A file full of zeros that is on disk, name and all: to write over them changes nothing about the file that a sync would have to write down. */
export type PreparedSegment = { batch: string; dir: string; path: string; fd: number }

/**
 * Keeps one file ready for the next segment. A write that makes a file longer waits for whatever the file system is just
 * committing, and a sync of such a file is a commit: calls stood still for it again and again (decision 22). One that
 * nobody has written to holds no record; whoever adopts it books nothing of it.
 */
export function createPreparation(sync: (fd: number) => Promise<void>) {
  let ready: PreparedSegment | null = null
  let preparing: Promise<void> | null = null
  const recent: number[] = []
  let closed = false

  /** Begins to prepare one in `dir`, for a segment that is like those of late. */
  function prepare(dir: string, now: number): void {
    if (ready || preparing || closed) return
    const bytes = Math.min(BYTES_MAX, Math.max(BYTES_MIN, Math.ceil(Math.max(...recent) * 1.5)))
    preparing = make(dir, now, bytes, sync)
      .then(
        (made) => (closed ? discard(made) : void (ready = made)),
        // Without it the next segment is a file that grows.
        (error: unknown) => logger.info({ err: error }, 'no journal segment could be prepared'),
      )
      .finally(() => (preparing = null))
  }

  return {
    /** A segment of so many bytes was closed. Only whoever has written one needs a next one soon. */
    closedOne(bytes: number): void {
      recent.push(bytes)
      if (recent.length > RECENT_MAX) recent.shift()
    },
    /** The one that is ready, if there is one in this folder; the next one is begun. */
    take(dir: string, now: number): PreparedSegment | null {
      const made = ready
      ready = null
      if (recent.length > 0) prepare(dir, now)
      // What is written to a file without a name (somebody removed the folder) would be gone with the process.
      if (!made || (made.dir === dir && fstatSync(made.fd).nlink > 0)) return made
      void discard(made)
      return null
    },
    /** Its folder is left for another. */
    drop(): void {
      if (ready) void discard(ready)
      ready = null
    },
    /** Removes what nobody took. */
    async close(): Promise<void> {
      closed = true
      await preparing
      if (ready) await discard(ready)
      ready = null
    },
  }
}

// What a process with few calls writes for nothing every second.
const BYTES_MIN = 32 * 1024
const BYTES_MAX = 16 * 1024 * 1024
const RECENT_MAX = 8
const zeros = Buffer.alloc(256 * 1024)

async function make(dir: string, now: number, bytes: number, sync: (fd: number) => Promise<void>): Promise<PreparedSegment> {
  const batch = newRequestId()
  const path = segmentPath(dir, now, batch)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const made = { batch, dir, path, fd: await promisify(openFile)(path, 'wx', 0o600) }
  try {
    for (let at = 0; at < bytes; at += zeros.length) await writeAll(made.fd, zeros.subarray(0, bytes - at), at)
    await sync(made.fd)
    await syncFolder(dir)
    return made
  } catch (error) {
    await discard(made)
    throw error
  }
}

async function writeAll(fd: number, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await promisify(write)(fd, bytes, done, bytes.length - done, at + done)).bytesWritten
}

async function discard({ fd, path }: PreparedSegment): Promise<void> {
  await promisify(close)(fd).catch(() => {})
  await promisify(unlink)(path).catch(() => {})
}

/** The time in front makes the files sort in the order they were written. */
export const segmentPath = (dir: string, now: number, batch: string) => join(dir, `${now.toString().padStart(15, '0')}-${batch}${SEGMENT_SUFFIX}`)

/** A file without its name would be lost as well. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir)
  await folder.sync().finally(() => folder.close())
}
