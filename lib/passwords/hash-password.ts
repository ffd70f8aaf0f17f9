import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { AppError } from '@/lib/errors'
import { perProcess } from '@/lib/per-process'

/**
 * argon2id with 19 MiB, two passes, one lane (PW-1). Hashing runs on libuv's threads; the queue in front is bounded,
 * because 19 MiB a hash times a flood of sign-ins would be all the memory there is.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } // Algorithm: argon2id is the package's default

const QUEUE_MAX = 64

type Queue = { running: number; waiting: (() => void)[] }

/** The hash to store, in PHC format. Throws `busy` (503 with Retry-After) when too many are waiting. */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize('NFC'), PARAMETERS))
}

/**
 * True if the password belongs to the hash. Without a hash (unknown or invited person) it works as long on a dummy and
 * answers false, so that time tells nothing (PW-3).
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const against = stored ?? (await dummyHash())
  const matches = await inTurn(() => verify(against, password.normalize('NFC')))
  return stored !== null && matches
}

/** True when a stored hash is weaker than today's parameters: hash anew at the next sign-in. */
export function needsRehash(stored: string): boolean {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(stored)
  return !found || Number(found[1]) < PARAMETERS.memoryCost || Number(found[2]) < PARAMETERS.timeCost
}

function dummyHash(): Promise<string> {
  return perProcess('dummyPasswordHash', () => hash('nobody has this password', PARAMETERS))
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const queue = perProcess('passwordQueue', (): Queue => ({ running: 0, waiting: [] }))
  if (queue.running >= Math.min(4, availableParallelism())) {
    if (queue.waiting.length >= QUEUE_MAX) throw new AppError('busy', { retryAfterSeconds: 2 })
    await new Promise<void>((resolve) => queue.waiting.push(resolve)) // the place is handed over, `running` stays
  } else queue.running++
  try {
    return await work()
  } finally {
    const next = queue.waiting.shift()
    if (next) next()
    else queue.running--
  }
}
