import { totalmem } from 'node:os'

const MB = 2 ** 20

/**
 * What V8 lets grow before it looks through all of the heap. By itself it begins again at a few megabytes above what
 * lives, under load once a second, and every call stands still for it (docs/performance.md, "Where the pauses came
 * from"). Machines with less than eight gigabytes give a sixteenth of what they have.
 */
const oldSpaceMb = Math.floor(Math.min(512, Math.min(totalmem(), process.constrainedMemory() || Infinity) / 16 / MB))

/** Node's options for `server.ts` and `dist/server.js`. NODE_OPTIONS does not take the second. */
export const serverOptions = ['--enable-source-maps', `--initial-old-space-size=${oldSpaceMb}`]
