import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '@/lib/env'

/** What keeps the process from starting, as one sentence for the person who started it. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
}

/** Throws `StartProblem` unless the folder exists, or can be made, and can be written. */
export function assertWritable(folder: string): void {
  try {
    makeFolder(folder)
    // Really written: permission bits say nothing to root, nor about a disk that is full or read-only.
    const probe = join(folder, `.probe.${process.pid}`)
    writeFileSync(probe, 'x')
    rmSync(probe)
  } catch (error) {
    throw new StartProblem(`Setting DATA_DIR: "${folder}" cannot be written (${(error as NodeJS.ErrnoException).code}). Choose a folder this user may write to.`)
  }
}

/** A failed `listen` in words. `setting` is the name of the setting that chooses the port. */
export function listenProblem(error: unknown, host: string, port: number, setting = 'PORT'): StartProblem {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return new StartProblem(`Port ${port} on ${host} is in use. Stop what uses it, or choose another one with ${setting}.`)
  if (code === 'EACCES') return new StartProblem(`Port ${port} may not be opened by this user. Choose one above 1023 with ${setting}.`)
  return new StartProblem(`Address ${host}, port ${port}, cannot be opened (${code}). Check HOST and ${setting}.`)
}
