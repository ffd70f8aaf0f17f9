import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '@/lib/is-alive'

/** Where the running server of a data folder can be reached: `DATA_DIR/server.json`, there from ready to exit. */
export type ServerNote = { pid: number; port: number }

/** Leaves the note for the command line, which prints URLs with the port really bound. Written whole or not at all. */
export function writeServerNote(dataDir: string, note: ServerNote): void {
  const file = fileOf(dataDir)
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(note), { mode: 0o600 })
  renameSync(draft, file)
}

/** Takes our own note away; a successor's stays. */
export function removeServerNote(dataDir: string): void {
  if (readNote(dataDir)?.pid === process.pid) rmSync(fileOf(dataDir), { force: true })
}

/** The note of a server that still lives, or null; one that was killed leaves its note behind. */
export function findRunningServer(dataDir: string): ServerNote | null {
  const note = readNote(dataDir)
  return note && isAlive(note.pid) ? note : null
}

const fileOf = (dataDir: string) => join(dataDir, 'server.json')

function readNote(dataDir: string): ServerNote | null {
  try {
    const { pid, port } = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Partial<ServerNote>
    return Number.isInteger(pid) && Number.isInteger(port) && pid! > 0 ? { pid: pid!, port: port! } : null
  } catch {
    // No server has run here, or the file is not ours: as good as no note.
    return null
  }
}
