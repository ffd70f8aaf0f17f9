/**
 * One value per process, shared by `server.ts` and the Next bundle, which are two module graphs: a module-level
 * cache in one is invisible to the other. Share connections, pools, emitters and plain data this way, and never
 * test a shared object with `instanceof`: its class may come from the other graph.
 */
export function perProcess<T>(name: string, make: () => T): T {
  const shared = globalThis as Record<symbol, unknown>
  return (shared[Symbol.for(`gatehouse.${name}`)] ??= make()) as T
}
