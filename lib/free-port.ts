import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * A port of the loopback address that nobody listens on at this moment. Not one of those that systems lend to outgoing
 * connections (from 32768 on): any connection could take such a port before its listener is there. Another listener
 * still may, so whoever needs the port starts at once.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = randomInt(LOWEST, LENT_FROM)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port was found between ${LOWEST} and ${LENT_FROM}.`)
}

const LOWEST = 16_384
const LENT_FROM = 32_768
const TRIES_MAX = 200

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
