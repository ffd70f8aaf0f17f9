// Ends children in order when we are told to end, and ends us when the first of them does.

/** Waits for the first child; hands SIGINT and SIGTERM on to all, the first in the list first. Sets our exit code. */
export function forwardSignals(children) {
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    }
  }
  process.on('SIGINT', () => void end())
  process.on('SIGTERM', () => void end())
  return new Promise((resolve) => {
    children[0].once('exit', async (code, signal) => {
      await end()
      process.exitCode = code ?? (signal ? 1 : 0)
      resolve()
    })
  })
}
