/** Counts open sockets by peer address. Bounded by the number of sockets there are. */
export type SocketCounter = {
  /** False where the address already has as many as it may; nothing is counted then. */
  enter(address: string): boolean
  leave(address: string): void
  size(): number
}

export function createSocketCounter(most: number): SocketCounter {
  const open = new Map<string, number>()
  return {
    enter(address) {
      const count = open.get(address) ?? 0
      if (count >= most) return false
      open.set(address, count + 1)
      return true
    },
    leave(address) {
      const count = open.get(address) ?? 0
      if (count <= 1) open.delete(address)
      else open.set(address, count - 1)
    },
    size: () => open.size,
  }
}
