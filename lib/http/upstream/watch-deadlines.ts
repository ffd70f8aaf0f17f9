/** Something that must not last: `late` is called once its deadline has passed, and again while it has. */
export type Watched = { deadline: number; late(): void }

const EVERY_MS = 100

const watched = new Set<Watched>()
let timer: NodeJS.Timeout | null = null
let now = performance.now()

/** Milliseconds on the clock of deadlines: a look at it costs nothing, and it is a tenth of a second coarse. */
export const coarseNow = () => now

/**
 * One timer for all deadlines there are: a timer of its own for every call costs more than to look at all of them ten
 * times a second. Returns how to stop watching. Deadlines are kept to about two tenths of a second.
 */
export function watchDeadline(one: Watched): () => void {
  if (!timer) {
    now = performance.now()
    timer = setInterval(look, EVERY_MS)
    timer.unref()
  }
  watched.add(one)
  return () => void watched.delete(one)
}

function look(): void {
  // A loop that was busy has not read what came meanwhile: its first look afterwards accuses nobody.
  const before = now
  now = performance.now()
  for (const one of watched) if (one.deadline < before) one.late()
  if (watched.size > 0 || !timer) return
  // Nobody is left: the next one starts it again.
  clearInterval(timer)
  timer = null
}
