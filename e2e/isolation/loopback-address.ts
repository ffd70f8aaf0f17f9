/** Each worker of a run has a network of its own; a worker that takes the place of a broken one has another. */
const worker = Number(process.env.TEST_WORKER_INDEX ?? process.pid) % 100
let given = 0

/** An address of this machine that no other test of the run calls from: what is counted by address is then its own. Only Linux has a whole network of them. */
export function loopbackAddress(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const place = given++ % 62_500
  return `127.${10 + worker}.${Math.floor(place / 250)}.${1 + (place % 250)}`
}
