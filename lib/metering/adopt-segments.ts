import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { mayAdopt } from '@/lib/metering/journal-leases'
import { lifeOf, type ProcessIdentity } from '@/lib/metering/process-identity'
import { parseSegment, SEGMENT_SUFFIX } from '@/lib/metering/segment-format'
import { addRecord, emptySums, type UsageSums } from '@/lib/metering/usage-sums'

export const OWNER_FILE = 'owner.json'

/** A dead process's folder with its segments, oldest first. */
export type Leftover = { folder: string; segments: string[] }

/**
 * Folders under `dir` whose process is dead: it ran here and is gone, or it ran elsewhere and its lease has been out for
 * long enough. Booking a segment twice is impossible (its batch id), so two processes may adopt the same folder.
 */
export async function findLeftovers(options: { dir: string; pool: pg.Pool; soleProcess: boolean; skip: (folder: string) => boolean }): Promise<Leftover[]> {
  const { dir, pool, soleProcess, skip } = options
  const leftovers: Leftover[] = []
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const folder = join(dir, entry.name)
    if (!entry.isDirectory() || skip(folder)) continue
    const files = await readdir(folder)
    const life = lifeOf(await readOwner(folder))
    if (life === 'alive') continue
    // A folder of this very second may belong to a process that has not written its identity yet.
    if (life === 'unknown' && Date.now() - (await stat(folder)).ctimeMs < 2_000 && !files.includes(OWNER_FILE)) continue
    if (life === 'unknown' && !soleProcess && !(await mayAdopt(pool, entry.name))) continue
    leftovers.push({ folder, segments: files.filter((name) => name.endsWith(SEGMENT_SUFFIX)).sort().map((name) => join(folder, name)) })
  }
  return leftovers
}

async function readOwner(folder: string): Promise<ProcessIdentity | null> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8')) as ProcessIdentity
  } catch {
    // Missing or cut: nobody can be told apart from it, so the lease decides.
    return null
  }
}

export type ReadSegment = { id: string; openedAt: number; sums: UsageSums; damaged: number }

/** Reads a segment from disk. The batch id is the header's, or the one in the file's name where the header is lost. Null: the file is gone. */
export async function readSegment(path: string): Promise<ReadSegment | null> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const { header, records, damaged } = parseSegment(bytes)
  const [openedAt, id] = path.slice(path.lastIndexOf('/') + 1, -SEGMENT_SUFFIX.length).split('-') as [string, string]
  const sums = emptySums()
  for (const record of records) addRecord(sums, record)
  return { id: header?.batch ?? id, openedAt: header?.openedAt ?? Number(openedAt), sums, damaged }
}
