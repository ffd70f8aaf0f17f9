import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who wrote a journal folder, precisely enough to say later whether that process still runs. Null where the system does not tell. */
export type ProcessIdentity = { host: string; pid: number; startTicks: string | null; bootId: string | null; pidNamespace: string | null }

export function ownIdentity(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, startTicks: startTicksOf(process.pid), bootId: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()), pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')) }
}

/** `unknown`: it ran on another machine or in another container, where we cannot look. */
export function lifeOf(other: ProcessIdentity | null): 'alive' | 'dead' | 'unknown' {
  if (!other) return 'unknown'
  const own = ownIdentity()
  if (other.host !== own.host || other.bootId !== own.bootId || other.pidNamespace !== own.pidNamespace) return 'unknown'
  if (own.startTicks !== null) return startTicksOf(other.pid) === other.startTicks ? 'alive' : 'dead'
  if (other.pid === own.pid) return 'dead'
  try {
    process.kill(other.pid, 0)
    // Some process has that number; whether it is the same one cannot be told here.
    return 'unknown'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'dead' : 'unknown'
  }
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold blanks and parentheses. */
function startTicksOf(pid: number): string | null {
  return attempt(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!
  })
}

/** Null where the system has no /proc or the process is gone. */
function attempt(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}
